package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.PayloadUnavailable;
import dev.workflowsteps.proto.v1.StepErrorDetails;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepValidatorTest {

  static final List<String> BLOCK_TYPES = Words.BLOCK_TYPE.all();

  @ParameterizedTest
  @FieldSource("BLOCK_TYPES")
  @Rule("retired-words")
  void check_knownBlockType_passesRetiredOnesToo(String word) {
    assertPasses(AStep.named("s").type(word));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pending",
        "queued",
        "running",
        "completed",
        "awaiting_review",
        "waiting_for_human"
      })
  void check_stateWithoutText_passes(String status) {
    assertPasses(AStep.named("s").status(status));
  }

  @Test
  void check_unknownBlockType_suggestsTheNearest() {
    assertRejected(AStep.named("s").type("extrakt"), "block_type")
        .startsWith("\"extrakt\" (expected: one of start_document, start_json, ")
        .endsWith("merge_pdf; did you mean extract?)");
  }

  @Test
  void check_unknownStatus_namesTheKnownOnes() {
    assertRejected(AStep.named("s").status("done"), "lifecycle.status")
        .isEqualTo(
            "\"done\" (expected: one of pending, queued, running, completed, awaiting_review,"
                + " error, skipped, cancelled, waiting_for_human)");
  }

  @Test
  void check_emptyIds_areRejected() {
    String reason = "\"\" (expected: 1 to 256 bytes of UTF-8)";
    assertRejected(AStep.named(""), "step_id").isEqualTo(reason);
    assertRejected(AStep.named("s").run(""), "run_id").isEqualTo(reason);
    assertRejected(AStep.named("s").block(""), "block_id").isEqualTo(reason);
    assertRejected(AStep.named("s").workflow(""), "workflow_id").isEqualTo(reason);
    assertRejected(AStep.named("s").artifact("split", ""), "artifact.id").isEqualTo(reason);
  }

  @Test
  void check_idLength_isCountedInBytesOfUtf8() {
    assertPasses(AStep.named("a".repeat(256)));
    assertPasses(AStep.named("é".repeat(128)));
    assertPasses(AStep.named("😀".repeat(64)));
    assertRejected(AStep.named("é".repeat(128) + "a"), "step_id")
        .isEqualTo('"' + "é".repeat(64) + "…\" (expected: 1 to 256 bytes of UTF-8, not 257)");
    assertRejected(AStep.named("名".repeat(86)), "step_id").contains("not 258");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "a;b=c", "a.b~2", "@+%", "名前", "😀", " ", "a/b\\c\"d"})
  void check_oddId_passes(String id) {
    assertPasses(AStep.named(id).run(id).block(id).workflow(id));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\t", "a\u001f", "a\u007f", "a\u0085"})
  void check_controlCharacterInId_isRejected(String id) {
    assertRejected(AStep.named(id), "step_id").endsWith(" (expected: no control characters)");
  }

  @Test
  void check_controlCharacterInOtherText_passes() {
    assertPasses(AStep.named("s").label("a\n\tb\u007f"));
  }

  @Test
  void check_nullCharacter_isRejectedInEveryText() {
    assertRejected(AStep.named("a\u0000b"), "step_id")
        .isEqualTo("\"a\\u0000b\" (expected: text without U+0000)");
    assertRejected(AStep.named("s").label("\u0000"), "block_label").contains("U+0000");
    assertRejected(AStep.named("s").model("\u0000"), "model").contains("U+0000");
    assertRejected(AStep.named("s").output("\u0000", "1"), "handle_outputs.\\u0000");
    StepHandle file = AStep.file("f", "a\u0000", "text/plain");
    assertRejected(AStep.named("s").input("in", file), "handle_inputs.in.document.filename");
    assertRejected(
        AStep.named("s").lifecycle(error("x", AStep.details("\u0000", null))),
        "lifecycle.details.message");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00", "\ud83dx", "\ude00\ud83d"})
  void check_loneSurrogate_isRejected(String text) {
    assertRejected(AStep.named("s").label(text), "block_label")
        .endsWith("(expected: text without lone surrogates)");
  }

  @Test
  @Rule("lifecycle")
  void check_errorWithoutMessage_isRejected() {
    assertRejected(AStep.named("s").status("error"), "lifecycle.message")
        .isEqualTo("missing (expected: text when status is error)");
    assertPasses(AStep.named("s").lifecycle(error("", null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"skipped", "cancelled"})
  @Rule("lifecycle")
  void check_skippedOrCancelledWithoutReason_isRejected(String status) {
    assertRejected(AStep.named("s").status(status), "lifecycle.reason").startsWith("missing");
    assertPasses(AStep.named("s").lifecycle(AStep.state(status, "why", null, null, null, null)));
  }

  @Test
  void check_textOfAnotherState_isRejected() {
    assertRejected(
            AStep.named("s").lifecycle(AStep.state("completed", "why", null, null, null, null)),
            "lifecycle.reason")
        .isEqualTo("\"why\" (expected: nothing when status is completed)");
    assertRejected(
        AStep.named("s").lifecycle(AStep.state("skipped", "why", "m", null, null, null)),
        "lifecycle.message");
    assertRejected(
        AStep.named("s")
            .lifecycle(AStep.state("running", null, null, null, null, AStep.details("m", null))),
        "lifecycle.details");
  }

  @Test
  void check_unknownStageOrCategory_isRejected() {
    assertRejected(
            AStep.named("s").lifecycle(AStep.state("error", null, "m", "executing", null, null)),
            "lifecycle.stage")
        .endsWith("did you mean execution?)");
    assertRejected(
            AStep.named("s").lifecycle(AStep.state("error", null, "m", null, "fatal", null)),
            "lifecycle.category")
        .isEqualTo("\"fatal\" (expected: one of transient, permanent, quota)");
  }

  @Test
  void check_malformedPayload_isRejectedWithItsPlace() {
    assertRejected(AStep.named("s").output("o", "{\"a\":}"), "handle_outputs.o.data")
        .isEqualTo("malformed JSON at byte 5 (expected: a value)");
    assertRejected(
        AStep.named("s").lifecycle(error("m", AStep.details(null, "{"))),
        "lifecycle.details.context");
  }

  @Test
  void check_payloadsOfAStep_areNoMoreThanOneAnswerGives() {
    String half = '"' + "x".repeat(StepValidator.MAX_PAYLOADS_BYTES / 2 - 2) + '"';

    assertThat(StepValidator.check(AStep.named("s").output("a", half).output("b", half).build()))
        .isEmpty();
    assertThat(
            StepValidator.check(
                AStep.named("s").output("a", half).output("b", half).output("c", "1").build()))
        .map(Rejection::sentence)
        .hasValue("step: 66060289 bytes of JSON in its handles (expected: at most 66060288)");
  }

  @Test
  @Rule("write-bounds")
  void check_payload_mayHaveSixtyMebibytes() {
    byte[] largest = new byte[60 << 20];
    Arrays.fill(largest, (byte) ' ');
    largest[0] = '1';
    assertPasses(AStep.named("s").output("o", AStep.json(largest)));
    byte[] larger = Arrays.copyOf(largest, largest.length + 1);
    assertRejected(AStep.named("s").output("o", AStep.json(larger)), "handle_outputs.o.data")
        .isEqualTo("62914561 bytes (expected: at most 62914560)");
  }

  @Test
  void checkRest_countsAllButPayloads() {
    String payload = '"' + "x".repeat(2 << 20) + '"';
    assertThat(rest(AStep.named("s").output("o", payload))).isEmpty();
    assertThat(rest(AStep.named("s").label("x".repeat(1 << 20))))
        .get()
        .extracting(Rejection::sentence)
        .asString()
        .matches(
            "step: 10\\d{5} bytes beside the JSON of its handles \\(expected: at most 1048576\\)");
    assertThat(rest(AStep.named("s").lifecycle(error("m", AStep.details(null, payload)))))
        .isPresent();
  }

  @Test
  void check_times_areWholeMicrosecondsOfFourDigitYears() {
    assertPasses(AStep.named("s").completedAt(Instant.parse("0001-01-01T00:00:00Z")));
    assertPasses(AStep.named("s").completedAt(Instant.parse("9999-12-31T23:59:59.999999Z")));
    assertRejected(AStep.named("s").startedAt("2026-01-01T00:00:00.0000001Z"), "started_at")
        .isEqualTo("2026-01-01T00:00:00.000000100Z (expected: a time in whole microseconds)");
    assertRejected(
            AStep.named("s").completedAt(Instant.parse("0000-12-31T23:59:59Z")), "completed_at")
        .contains("(expected: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z)");
    assertRejected(
        AStep.named("s").createdAt(Instant.parse("+10000-01-01T00:00:00Z")), "created_at");
  }

  @Test
  void check_negativeCounts_areRejected() {
    assertRejected(AStep.named("s").retryCount(-1), "retry_count")
        .isEqualTo("-1 (expected: 0 to 2147483647)");
    assertRejected(
        AStep.named("s").loop(AStep.loopOf("l", -1, false, OptionalInt.empty())),
        "loop_containers[0].iteration");
    assertRejected(
        AStep.named("s").loop(AStep.loopOf("l", 0, true, OptionalInt.of(-1))),
        "loop_containers[0].parallel_item_index");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"text\"", "1", "true", " 1.5 "})
  @Rule("lifecycle")
  void check_errorContextThatIsNoObject_isRejected(String context) {
    assertRejected(
            AStep.named("s").lifecycle(error("m", AStep.details(null, context))),
            "lifecycle.details.context")
        .isEqualTo("JSON of another type (expected: a JSON object or null)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " {\"a\": 1.50} ", "null", " null "})
  @Rule("lifecycle")
  void check_errorContextThatIsAnObjectOrNull_passes(String context) {
    assertPasses(AStep.named("s").lifecycle(error("m", AStep.details(null, context))));
  }

  @Test
  void check_payloadThatIsNotGiven_isRejected() {
    StepHandle handle =
        AStep.json("null").toBuilder()
            .setUnavailable(PayloadUnavailable.newBuilder().setReason("too_large"))
            .build();

    assertRejected(AStep.named("s").output("out", handle), "handle_outputs.out.unavailable")
        .isEqualTo("given (expected: nothing; only the server sets it)");
  }

  @Test
  void check_unknownFields_areRejectedWhereverTheyAre() {
    WorkflowStep step =
        AStep.named("s")
            .output("o", "1")
            .loop(AStep.loopOf("l", 0, false, OptionalInt.empty()))
            .build();
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    StepHandle handle = step.getHandleOutputsOrThrow("o");

    assertUnknown(step.toBuilder().setUnknownFields(unknown), "step");
    assertUnknown(
        step.toBuilder().setStartedAt(step.getStartedAt().toBuilder().setUnknownFields(unknown)),
        "started_at");
    assertUnknown(
        step.toBuilder().setLifecycle(step.getLifecycle().toBuilder().setUnknownFields(unknown)),
        "lifecycle");
    assertUnknown(
        step.toBuilder()
            .putHandleOutputs("o", handle.toBuilder().setUnknownFields(unknown).build()),
        "handle_outputs.o");
    assertUnknown(
        step.toBuilder()
            .setLoopContainers(0, step.getLoopContainers(0).toBuilder().setUnknownFields(unknown)),
        "loop_containers[0]");
  }

  private static void assertUnknown(WorkflowStep.Builder step, String field) {
    assertThat(StepValidator.check(step.build()))
        .map(Rejection::sentence)
        .hasValue(field + ": field number 99 (expected: only fields of this version's contract)");
  }

  @Test
  void check_severalFaults_tellsTheFirst() {
    assertRejected(AStep.named("s").run("").type("x").retryCount(-1), "run_id");
  }

  private static StepLifecycle error(String message, StepErrorDetails details) {
    return AStep.state("error", null, message, null, null, details);
  }

  private static Optional<Rejection> rest(AStep step) {
    return StepValidator.checkRest(step.build(), StepRecord.of(step.build()));
  }

  private static void assertPasses(AStep step) {
    assertThat(StepValidator.check(step.build())).isEmpty();
  }

  private static AbstractStringAssert<?> assertRejected(AStep step, String field) {
    Rejection rejection = StepValidator.check(step.build()).orElseThrow();
    assertThat(rejection.field()).isEqualTo(field);
    return assertThat(rejection.reason());
  }
}
