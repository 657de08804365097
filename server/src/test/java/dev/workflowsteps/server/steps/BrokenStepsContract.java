package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.Handles;
import dev.workflowsteps.server.encoding.StoredForm;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is answered of steps whose stored bytes are broken, over every storage. */
public abstract class BrokenStepsContract extends StoresContract {

  private static final int DAMAGES = 200;
  private static final long PAGE_BYTES = 1_000_000;
  private static final byte[] GARBAGE = "no protobuf".getBytes(StandardCharsets.UTF_8);

  private final String organization = "org-" + UUID.randomUUID();

  @Test
  void describe_givesTheStepsThatAreThere_withTheirColumns() {
    StepRecord bare =
        StepRecord.of(
            AStep.named("bare").startedAt(null).createdAt(Instant.ofEpochSecond(7)).build());
    StepRecord full =
        StepRecord.of(
            AStep.named("full")
                .run("run_2")
                .workflow("workflow")
                .block("block")
                .type("note")
                .status("running")
                .retryCount(3)
                .output("json", "1")
                .build());
    write(bare, full, StepRecord.of(AStep.named("other").build()));

    List<StepKey> keys =
        List.of(bare.key(), full.key(), new StepKey("run_2", "bare"), new StepKey("x", "y"));
    List<DescribedStep> described = store().describe(organization, keys, call());

    assertThat(described).hasSize(2);
    for (StepRecord record : List.of(bare, full)) {
      assertThat(described)
          .anySatisfy(
              row -> {
                assertThat(row.step().sameAs(record.stored())).isTrue();
                assertThat(row.endedAt()).isEqualTo(record.endedAt());
                assertThat(row.workflowId()).isEqualTo(record.workflowId());
                assertThat(row.blockId()).isEqualTo(record.blockId());
                assertThat(row.blockType()).isEqualTo(record.blockType());
                assertThat(row.status()).isEqualTo(record.status());
                assertThat(row.retryCount()).isEqualTo(record.retryCount());
              });
    }
    assertThat(store().describe(organization + "-2", keys, call())).isEmpty();
    assertThat(store().describe(organization, List.of(), call())).isEmpty();
  }

  @Test
  void brokenHead_isToldFromTheColumns() {
    for (String status : Words.STATUS.all()) {
      StepRecord whole =
          StepRecord.of(
              AStep.named("step-" + status)
                  .workflow("workflow")
                  .block("block")
                  .type("extract")
                  .status(status)
                  .startedAt("2026-03-12T09:00:00.000001Z")
                  .retryCount(2)
                  .output("json", "[1.50]")
                  .build());
      write(broken(whole, GARBAGE, whole.encoded().outputs(), whole.encoded().inputs()));

      WorkflowStep step = get("step-" + status);

      assertThat(step.getRunId()).isEqualTo("run_1");
      assertThat(step.getStepId()).isEqualTo("step-" + status);
      assertThat(step.getBlockId()).isEqualTo("block");
      assertThat(step.getBlockLabel()).isEqualTo("block");
      assertThat(step.getBlockType()).isEqualTo("extract");
      assertThat(step.getWorkflowId()).isEqualTo("workflow");
      assertThat(step.getRetryCount()).isEqualTo(2);
      assertThat(step.getStartedAt().getNanos()).isEqualTo(1_000);
      assertThat(step.getLifecycle().getStatus()).isEqualTo(status);
      assertThat(step.getLifecycle().getReason())
          .isEqualTo(List.of("skipped", "cancelled").contains(status) ? StepRepair.LOST : "");
      assertThat(step.getLifecycle().getMessage())
          .isEqualTo(status.equals("error") ? StepRepair.LOST : "");
      assertThat(step.getHandleOutputsOrThrow("json").getData().toStringUtf8()).isEqualTo("[1.50]");
    }
  }

  @Test
  void brokenHead_ofAStepThatHasNotStarted_hasNoStart() {
    StepRecord whole = StepRecord.of(AStep.named("step").startedAt(null).build());
    write(broken(whole, new byte[0], GARBAGE, new byte[0]));

    WorkflowStep step = get("step");

    assertThat(step.hasStartedAt()).isFalse();
    assertThat(step.hasWorkflowId()).isFalse();
    assertCorrupt(step.getHandleOutputsMap(), Handles.UNREADABLE);
  }

  @Test
  void brokenOutputs_areOneCorruptHandle_andLeaveHeadAndInputsAsTheyAre() {
    StepRecord whole =
        StepRecord.of(
            AStep.named("step")
                .label("a label")
                .output("first", "1")
                .output("second", "22222222")
                .input("third", AStep.json("3"))
                .build());
    byte[] outputs = whole.encoded().outputs().clone();
    // The tag of the handle's type: "json" becomes a number.
    outputs[indexOf(outputs, "second") + "second".length() + 2] = 0x08;
    write(broken(whole, whole.encoded().head(), outputs, whole.encoded().inputs()));

    WorkflowStep step = get("step");

    assertThat(step.getBlockLabel()).isEqualTo("a label");
    assertThat(step.getHandleOutputsMap().keySet()).containsExactly(Handles.UNREADABLE);
    assertCorrupt(step.getHandleOutputsMap(), Handles.UNREADABLE);
    assertThat(step.getHandleInputsOrThrow("third").getData().toStringUtf8()).isEqualTo("3");
  }

  @Test
  void brokenInputs_areOneCorruptHandle_andLeaveHeadAndOutputsAsTheyAre() {
    StepRecord whole =
        StepRecord.of(
            AStep.named("step")
                .label("a label")
                .output("first", "1")
                .input("second", AStep.json("2"))
                .build());
    byte[] inputs = whole.encoded().inputs();
    byte[] cut = Arrays.copyOf(inputs, inputs.length - 1);
    write(broken(whole, whole.encoded().head(), whole.encoded().outputs(), cut));

    WorkflowStep step = get("step");

    assertThat(step.getBlockLabel()).isEqualTo("a label");
    assertThat(step.getHandleOutputsOrThrow("first").getData().toStringUtf8()).isEqualTo("1");
    assertThat(step.getHandleInputsMap().keySet()).containsExactly(Handles.UNREADABLE);
    assertCorrupt(step.getHandleInputsMap(), Handles.UNREADABLE);
  }

  @Test
  void brokenStep_keepsThePayloadsBesideItsRow() {
    String json = '"' + "x".repeat(70_000) + '"';
    StepRecord whole = StepRecord.of(AStep.named("step").output("large", json).build());
    write(broken(whole, GARBAGE, whole.encoded().outputs(), GARBAGE));

    WorkflowStep step = get("step");

    assertThat(step.getHandleOutputsOrThrow("large").getData().toStringUtf8()).isEqualTo(json);
    assertThat(step.getHandleOutputsOrThrow("large").hasUnavailable()).isFalse();
    assertCorrupt(step.getHandleInputsMap(), Handles.UNREADABLE);
  }

  @Test
  void marker_withoutAPayloadsName_isAnsweredAsItStands() {
    String json = '"' + "x".repeat(70_000) + '"';
    StepRecord whole = StepRecord.of(AStep.named("step").output("large", json).build());
    byte[] outputs = whole.encoded().outputs().clone();
    outputs[outputs.length - 1] = 'x';
    write(broken(whole, whole.encoded().head(), outputs, whole.encoded().inputs()));

    StepHandle handle = get("step").getHandleOutputsOrThrow("large");

    assertThat(handle.getUnavailable().getReason()).isEqualTo(Handles.MISSING);
    assertThat(handle.getData().toStringUtf8()).isEqualTo("null");
  }

  @Test
  void walk_pastDamagedSteps_givesAllOthersAsTheyAre() {
    long first = Seed.first();
    Map<String, StepRecord> whole = new HashMap<>();
    List<StepRecord> records = new ArrayList<>();
    for (long seed = first; seed < first + DAMAGES; seed++) {
      Random random = new Random(seed);
      StepRecord record =
          StepRecord.of(
              AStep.named("step-" + seed)
                  .status(Words.STATUS.all().get(random.nextInt(Words.STATUS.all().size())))
                  .startedAt(random.nextBoolean() ? null : "2026-03-12T09:00:00Z")
                  .output("é", "{\"a\":1}")
                  .output("large", '"' + "x".repeat(random.nextInt(10) == 0 ? 70_000 : 70) + '"')
                  .input("file", AStep.file("id", "name", "type"))
                  .build());
      boolean damaged = random.nextBoolean();
      records.add(damaged ? damaged(record, random) : record);
      if (!damaged) {
        whole.put(record.position().stepId(), record);
      }
    }
    write(records.toArray(new StepRecord[0]));

    for (int limit : List.of(7, 60, DAMAGES)) {
      List<StoredStep> rows = walk(limit);

      assertThat(rows.stream().map(StoredStep::position))
          .containsExactlyElementsOf(records.stream().map(StepRecord::position).sorted().toList());
      for (StoredStep row : rows) {
        WorkflowStep step = read(row);
        StepRecord record = whole.get(row.position().stepId());
        if (record != null) {
          assertThat(row.encoded().head()).isEqualTo(record.encoded().head());
          assertThat(step.getHandleOutputsMap().keySet()).containsExactly("é", "large");
        }
      }
    }
  }

  /** A storage measures broken rows as larger than they are sent. */
  @Test
  void list_manyBrokenBytes_endsNoWalkEarly() {
    List<StepRecord> records = new ArrayList<>();
    for (int i = 0; i < 203; i++) {
      AStep step = AStep.named("s%03d".formatted(i)).startedAt("2026-03-12T09:00:00Z");
      StepRecord record =
          StepRecord.of(
              i < 3 ? step.output("out", '"' + "x".repeat(60_000) + '"').build() : step.build());
      records.add(i < 3 ? brokenOutputs(record) : record);
    }
    write(records.toArray(new StepRecord[0]));
    long pageBytes =
        3 * records.get(0).stored().storedSize() + 5 * records.get(10).stored().storedSize();
    StepLister lister = new StepLister(store(), payloads(), pageBytes);

    List<StoredStep> walked =
        Pages.rows(Pages.walk(lister, StepFilter.all(organization), Direction.ASCENDING, 1_000));

    assertThat(walked).hasSize(203);
  }

  private static StepRecord brokenOutputs(StepRecord record) {
    byte[] outputs = record.encoded().outputs().clone();
    Arrays.fill(outputs, 1, 4, (byte) 0xff);
    return broken(record, record.encoded().head(), outputs, record.encoded().inputs());
  }

  private List<StoredStep> walk(int limit) {
    List<Page<StoredStep>> pages =
        Pages.walk(lister(), StepFilter.all(organization), Direction.ASCENDING, limit);
    assertThat(pages).allMatch(page -> Pages.bytes(page) <= PAGE_BYTES);
    return Pages.rows(pages);
  }

  private static StepRecord damaged(StepRecord record, Random random) {
    return broken(
        record,
        Damage.sometimes(record.encoded().head(), random),
        Damage.sometimes(record.encoded().outputs(), random),
        Damage.sometimes(record.encoded().inputs(), random));
  }

  private static StepRecord broken(StepRecord record, byte[] head, byte[] outputs, byte[] inputs) {
    return new StepRecord(
        record.position(),
        record.endedAt(),
        record.workflowId(),
        record.blockId(),
        record.blockType(),
        record.status(),
        record.retryCount(),
        new EncodedStep(head, outputs, inputs),
        record.payloads());
  }

  private void write(StepRecord... records) {
    writer().write(organization, List.of(records), call());
  }

  private StepLister lister() {
    return new StepLister(store(), payloads(), PAGE_BYTES);
  }

  private WorkflowStep get(String stepId) {
    return read(lister().get(organization, stepId, Optional.empty(), call()));
  }

  private static WorkflowStep read(StoredStep step) {
    assertThat(StoredForm.isWhole(step.encoded())).isTrue();
    try {
      return WorkflowStep.parseFrom(Encoded.bytes(step));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(step.position() + " cannot be read", e);
    }
  }

  private static void assertCorrupt(Map<String, StepHandle> handles, String name) {
    StepHandle handle = handles.get(name);
    assertThat(handle.getType()).isEqualTo("json");
    assertThat(handle.getData().toStringUtf8()).isEqualTo("null");
    assertThat(handle.getUnavailable().getReason()).isEqualTo(Handles.CORRUPT);
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
