package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workflowsteps.proto.v1.ArtifactRef;
import dev.workflowsteps.proto.v1.StepErrorDetails;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepValidator;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepReaderTest {

  private static final String REQUIRED =
      "\"run_id\":\"r\",\"block_id\":\"b\",\"step_id\":\"s\",\"block_type\":\"extract\","
          + "\"block_label\":\"L\",\"lifecycle\":{\"status\":\"completed\"}";

  @Test
  void read_pagesFirstStep_isWhatThePageSays() throws RejectedDocumentException {
    WorkflowStep step = read(Documents.lines(Documents.SEED).get(0));
    assertThat(step.getRunId()).isEqualTo("run_abc123xyz");
    assertThat(step.getBlockType()).isEqualTo("extract");
    assertThat(step.getArtifact())
        .isEqualTo(ArtifactRef.newBuilder().setOperation("extraction").setId("ext_abc123").build());
    assertThat(step.getCompletedAt())
        .isEqualTo(AStep.timestamp(Instant.parse("2026-03-12T09:00:03Z")));
    assertThat(step.getHandleInputsMap().get("input-file-0"))
        .isEqualTo(AStep.file("file_123", "invoice.pdf", "application/pdf"));
    assertThat(json(step, "output-json-0"))
        .isEqualTo("{\"invoice_number\":\"INV-2024-001\",\"total_amount\":1234.56}");
  }

  @Test
  void read_requiredKeysAlone_isAStep() throws RejectedDocumentException {
    WorkflowStep step = read('{' + REQUIRED + '}');
    assertThat(step.getHandleOutputsMap()).isEmpty();
    assertThat(step.getLoopContainersList()).isEmpty();
    assertThat(step.hasStartedAt()).isFalse();
    assertThat(step.getRetryCount()).isZero();
  }

  @Test
  void read_nulls_areTheSameAsAbsentKeys() throws RejectedDocumentException {
    String nulls =
        ",\"artifact\":null,\"started_at\":null,\"completed_at\":null,\"handle_outputs\":null,"
            + "\"handle_inputs\":null,\"created_at\":null,\"workflow_id\":null,\"model\":null,"
            + "\"loop_containers\":null,\"retry_count\":null";
    assertThat(read('{' + REQUIRED + nulls + '}')).isEqualTo(read('{' + REQUIRED + '}'));
  }

  @Test
  void read_whiteSpaceAndEscapedKeys_changeNothing() throws RejectedDocumentException {
    String spaced = " { " + REQUIRED.replace(":", " :\t").replace(",", "\r\n, ") + " } \r";
    assertThat(read(spaced)).isEqualTo(read('{' + REQUIRED + '}'));
    assertThat(read('{' + REQUIRED.replace("run_id", "run\\u005fid") + '}').getRunId())
        .isEqualTo("r");
  }

  @Test
  void read_insideALargerBuffer_readsTheRegionOnly() throws RejectedDocumentException {
    byte[] buffer = ("junk{" + REQUIRED + "}junk").getBytes(UTF_8);
    WorkflowStep step = new StepReader("acme").read(buffer, 4, buffer.length - 4);
    assertThat(step.getStepId()).isEqualTo("s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "1234.50",
        "9007199254740993",
        "1e400",
        "-0.0",
        "\"\\u0000\\/\\u00e9é😀\"",
        "{ \"b\" : 1,\"a\":2 , \"b\":[ ] }",
        "[1.0,\t2E+5]",
      })
  void read_payload_keepsItsBytes(String payload) throws RejectedDocumentException {
    WorkflowStep step = read(withOutput("{\"data\": " + payload + " ,\"type\":\"json\"}"));
    assertThat(json(step, "o")).isEqualTo(payload);
  }

  @Test
  void read_payload_mayBeHundredLevelsDeepWhereverItStands() throws RejectedDocumentException {
    String deepest = "[".repeat(100) + "]".repeat(100);
    assertThat(json(read(withOutput("{\"type\":\"json\",\"data\":" + deepest + "}")), "o"))
        .isEqualTo(deepest);
    assertRejected(
        withOutput("{\"type\":\"json\",\"data\":[" + deepest + "]}"),
        "handle_outputs.o.data",
        "at most 100 levels");
  }

  @Test
  void read_errorContext_keepsItsBytes() throws RejectedDocumentException {
    String details = "{\"error_code\":\"E\",\"context\":{ \"n\":1.50 }}";
    WorkflowStep step =
        read(withLifecycle("{\"status\":\"error\",\"message\":\"m\",\"details\":" + details + "}"));
    StepErrorDetails read = step.getLifecycle().getDetails();
    assertThat(read.getErrorCode()).isEqualTo("E");
    assertThat(read.getContext().toStringUtf8()).isEqualTo("{ \"n\":1.50 }");
  }

  @Test
  void read_errorContextThatIsNull_isAPayloadToo() throws RejectedDocumentException {
    WorkflowStep step =
        read(
            withLifecycle(
                "{\"status\":\"error\",\"message\":\"m\",\"details\":{\"context\": null }}"));

    assertThat(step.getLifecycle().getDetails().getContext().toStringUtf8()).isEqualTo("null");
  }

  @Test
  void read_text_isUnescaped() throws RejectedDocumentException {
    String label = "\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9é \\ud83d\\ude00😀";
    WorkflowStep step = read('{' + REQUIRED.replace("\"L\"", '"' + label + '"') + '}');
    assertThat(step.getBlockLabel()).isEqualTo("\" \\ / \b\f\n\r\t éé 😀😀");
  }

  @Test
  void read_handles_keepTheirOrder() throws RejectedDocumentException {
    String handle = ":{\"type\":\"json\",\"data\":1}";
    WorkflowStep step =
        read(
            '{'
                + REQUIRED
                + ",\"handle_inputs\":{\"z\""
                + handle
                + ",\"a\""
                + handle
                + ",\"\\u00fc\""
                + handle
                + ",\"\""
                + handle
                + "}}");
    assertThat(step.getHandleInputsMap().keySet()).containsExactly("z", "a", "ü", "");
  }

  @Test
  void read_loops_areReadWithAndWithoutIndex() throws RejectedDocumentException {
    String loops =
        "[{\"container_id\":\"a\",\"iteration\":1,\"is_parallel\":true,\"parallel_item_index\":2},"
            + "{\"is_parallel\":false,\"iteration\":0,\"container_id\":\"b\","
            + "\"parallel_item_index\":null}]";
    assertThat(read('{' + REQUIRED + ",\"loop_containers\":" + loops + '}').getLoopContainersList())
        .containsExactly(
            AStep.loopOf("a", 1, true, OptionalInt.of(2)),
            AStep.loopOf("b", 0, false, OptionalInt.empty()));
  }

  @Test
  void read_ownOrganization_passes() throws RejectedDocumentException {
    assertThat(read("{\"organization_id\":\"acme\"," + REQUIRED + '}').hasWorkflowId()).isFalse();
  }

  @Test
  void read_otherOrganization_isRejected() {
    assertRejected(
        "{\"organization_id\":\"other\"," + REQUIRED + '}',
        "organization_id",
        "\"other\" (expected: \"acme\", the organization that is written to)");
    assertRejected("{\"organization_id\":null," + REQUIRED + '}', "organization_id", "null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "run_id|\"r\"",
        "block_id|\"b\"",
        "step_id|\"s\"",
        "block_type|\"extract\"",
        "block_label|\"L\"",
        "lifecycle|{\"status\":\"completed\"}",
      })
  void read_requiredKeyMissingOrNull_isRejected(String key, String value) {
    String member = '"' + key + "\":" + value;
    String all = '{' + REQUIRED + '}';
    assertRejected(all.replace(member, "\"model\":null"), key, "missing (expected: ");
    assertRejected(all.replace(member, '"' + key + "\":null"), key, "null (expected: ");
  }

  @Test
  void read_unknownKey_isRejectedWithItsPathAndASuggestion() {
    assertRejected(
        '{' + REQUIRED + ",\"block_types\":\"x\"}", "block_types", "did you mean block_type?)");
    assertRejected(withLifecycle("{\"state\":\"completed\"}"), "lifecycle.state", "unknown key");
    assertRejected(
        withLifecycle("{\"status\":\"error\",\"details\":{\"mesage\":\"m\"}}"),
        "lifecycle.details.mesage",
        "did you mean message?");
    assertRejected(
        '{' + REQUIRED + ",\"artifact\":{\"operation\":\"split\",\"id\":\"i\",\"url\":\"u\"}}",
        "artifact.url",
        "unknown key (expected: one of operation, id)");
    assertRejected(
        '{' + REQUIRED + ",\"loop_containers\":[{\"index\":1}]}",
        "loop_containers[0].index",
        "unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"artifact_ref", "preview", "sha256", "url", "unavailable"})
  void read_storageKeyOfAHandle_isRejected(String key) {
    assertRejected(
        withOutput("{\"type\":\"json\",\"data\":1,\"" + key + "\":null}"),
        "handle_outputs.o." + key,
        "unknown key (expected: one of type, document, data)");
  }

  @Test
  void read_keyTwice_isRejectedOutsidePayloads() {
    assertRejected('{' + REQUIRED + ",\"run_id\":\"r\"}", "run_id", "given twice (expected: once)");
    assertRejected(
        withLifecycle("{\"status\":\"completed\",\"status\":\"error\"}"),
        "lifecycle.status",
        "twice");
    String handle = "{\"type\":\"json\",\"data\":1}";
    assertRejected(withOutput(handle + ",\"o\":" + handle), "handle_outputs.o", "given twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"file\"}|document|missing (expected: an object with id, filename and"
            + " mime_type when type is file)",
        "{\"type\":\"file\",\"document\":null}|document|missing",
        "{\"type\":\"file\",\"document\":{\"id\":\"f\"}}|document.filename|missing (expected:"
            + " text)",
        "{\"type\":\"json\"}|data|missing (expected: any JSON or null when type is json)",
        "{\"data\":1}|type|missing (expected: one of file, json)",
        "{\"type\":\"text\",\"data\":1}|type|\"text\" (expected: one of file, json)",
        "{\"type\":\"jsn\",\"data\":1}|type|did you mean json?)",
      })
  void read_handleThatIsNeitherFileNorJson_isRejected(String handle, String member, String reason) {
    assertRejected(withOutput(handle), "handle_outputs.o." + member, reason);
  }

  @Test
  void read_handleThatIsBothFileAndJson_isRejected() {
    String both = ",\"document\":{\"id\":\"f\",\"filename\":\"n\",\"mime_type\":\"m\"},\"data\":1}";
    assertRejected(
        withOutput("{\"type\":\"file\"" + both),
        "handle_outputs.o.data",
        "given (expected: nothing when type is file)");
    assertRejected(
        withOutput("{\"type\":\"json\"" + both),
        "handle_outputs.o.document",
        "given (expected: nothing when type is json)");
  }

  @Test
  void read_handleThatIsNoObject_isRejected() {
    assertRejected(withOutput("null"), "handle_outputs.o", "null (expected: an object)");
    assertRejected(withOutput("[1]"), "handle_outputs.o", "[…] (expected: an object)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "retry_count|1.0|1.0 (expected: an integer of 32 bits without decimal point)",
        "retry_count|1e2|1e2 (expected: an integer of 32 bits without decimal point)",
        "retry_count|2147483648|2147483648 (expected: an integer of 32 bits",
        "retry_count|\"1\"|\"1\" (expected: an integer)",
        "retry_count|01|malformed JSON at byte ",
        "workflow_id|7|7 (expected: text)",
        "workflow_id|{}|{…} (expected: text)",
        "model|true|true (expected: text)",
        "artifact|\"x\"|\"x\" (expected: an object)",
        "loop_containers|{}|{…} (expected: an array)",
        "handle_inputs|[]|[…] (expected: an object)",
        "started_at|1773306000|1773306000 (expected: text)",
        "started_at|\"2026-03-12\"|\"2026-03-12\" (expected: an RFC 3339 time",
        "workflow_id|\"\\ud800\"|malformed JSON at byte ",
      })
  void read_valueOfAnotherType_isRejected(String key, String value, String reason) {
    assertRejected('{' + REQUIRED + ",\"" + key + "\":" + value + '}', key, reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "\"text\"", "null", "{", "{]", "{\"run_id\"", "{,}"})
  void read_noObject_isRejected(String line) {
    assertThat(catchThrowableOfType(RejectedDocumentException.class, () -> read(line))).isNotNull();
  }

  @Test
  void read_trailingBytes_areRejected() {
    String line = '{' + REQUIRED + '}';
    assertRejected(line + ",", "document", "(expected: the end of the line)");
    assertRejected(line + line, "document", "malformed JSON at byte " + line.length());
    assertRejected('{' + REQUIRED + ",}", "lifecycle", "(expected: a string)");
  }

  @Test
  void read_bytesThatAreNotUtf8_areRejected() {
    byte[] line = ('{' + REQUIRED + '}').getBytes(UTF_8);
    line[11] = (byte) 0xFF;
    RejectedDocumentException e =
        catchThrowableOfType(
            RejectedDocumentException.class,
            () -> new StepReader("acme").read(line, 0, line.length));
    assertThat(e).hasMessage("run_id: malformed JSON at byte 11 (expected: UTF-8)");
  }

  @Test
  void read_everyPrefixOfALine_isRejected() {
    byte[] line = Documents.lines(Documents.SEED).get(0).getBytes(UTF_8);
    StepReader reader = new StepReader("acme");
    for (int length = 0; length < line.length; length++) {
      int to = length;
      assertThat(
              catchThrowableOfType(RejectedDocumentException.class, () -> reader.read(line, 0, to)))
          .as("%d bytes", length)
          .isNotNull();
    }
  }

  /** Reads and checks a line, as an import does. */
  private static WorkflowStep read(String line) throws RejectedDocumentException {
    byte[] bytes = line.getBytes(UTF_8);
    WorkflowStep step = new StepReader("acme").read(bytes, 0, bytes.length);
    Optional<Rejection> rejection = StepValidator.check(step);
    if (rejection.isPresent()) {
      throw new RejectedDocumentException(rejection.get());
    }
    return step;
  }

  private static void assertRejected(String line, String field, String reason) {
    RejectedDocumentException e =
        catchThrowableOfType(RejectedDocumentException.class, () -> read(line));
    assertThat(e).as(line).isNotNull();
    assertThat(e.rejection().field()).isEqualTo(field);
    assertThat(e.rejection().reason()).contains(reason);
    assertThat(e).hasMessage(e.rejection().field() + ": " + e.rejection().reason());
  }

  private static String withOutput(String handle) {
    return '{' + REQUIRED + ",\"handle_outputs\":{\"o\":" + handle + "}}";
  }

  private static String withLifecycle(String lifecycle) {
    return ('{' + REQUIRED + '}').replace("{\"status\":\"completed\"}", lifecycle);
  }

  private static String json(WorkflowStep step, String output) {
    return step.getHandleOutputsOrThrow(output).getData().toStringUtf8();
  }
}
