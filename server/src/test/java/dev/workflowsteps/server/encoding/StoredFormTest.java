package dev.workflowsteps.server.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Allocations;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Damage;
import dev.workflowsteps.server.steps.Seed;
import dev.workflowsteps.server.steps.StepRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredFormTest {

  private static final int DAMAGES = 20_000;
  private static final int SCANS = 10_000;

  private final EncodedStep full = StepRecord.of(fullStep()).encoded();

  @Test
  void whateverTheCodecWrites_isWhole() {
    assertThat(StoredForm.isWhole(full)).isTrue();
    assertThat(StoredForm.isWhole(StepRecord.of(AStep.named("s").build()).encoded())).isTrue();
    for (String time : new String[] {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
      WorkflowStep step = AStep.named("s").startedAt(time).build();
      assertThat(StoredForm.isWhole(StepRecord.of(step).encoded())).isTrue();
    }
  }

  @Test
  void damagedBytes_thatPass_canBeRead() throws InvalidProtocolBufferException {
    long first = Seed.first();
    int passed = 0;
    for (long seed = first; seed < first + DAMAGES; seed++) {
      Random random = new Random(seed);
      EncodedStep damaged =
          new EncodedStep(
              Damage.sometimes(full.head(), random),
              Damage.sometimes(full.outputs(), random),
              Damage.sometimes(full.inputs(), random));
      if (StoredForm.isWhole(damaged)) {
        assertThat(WorkflowStep.parseFrom(damaged.bytes()).getRunId())
            .as("seed %d", seed)
            .isNotEmpty();
        assertThatCode(() -> Handles.parse(damaged)).as("seed %d", seed).doesNotThrowAnyException();
        passed++;
      }
    }
    assertThat(passed).as("damages that can be read").isBetween(1, DAMAGES - 1);
  }

  @Test
  void stepCutAnywhere_isBroken_orEndsBehindAField() throws InvalidProtocolBufferException {
    for (int length = 0; length < full.head().length; length++) {
      byte[] cut = Arrays.copyOf(full.head(), length);
      if (StoredForm.isHead(cut)) {
        assertThat(WorkflowStep.parseFrom(cut).toByteArray()).isEqualTo(cut);
      }
    }
    for (int length = 1; length < 40; length++) {
      assertThat(areOutputs(Arrays.copyOf(full.outputs(), length)))
          .as("%d bytes", length)
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00                      | field 0
          02 00                   | field 0
          82808080 80 01 00       | a field number of over 29 bits
          62                      | no length
          62 80                   | half a length
          62 01                   | no value
          62 ffffffffffffffffff01 | a negative length
          62 8080808010 00        | a length of over 31 bits
          8001                    | no number
          800180                  | half a number
          8001ffffffffffffffffffff01 | a number of 11 bytes
          820100                  | bytes for a number
          5d00000000              | 4 bytes for a message
          a30100 a401             | a group
          a401                    | the end of a group
          2a0180                  | no UTF-8
          2a02c080                | an overlong character
          2a03eda080              | half a surrogate pair
          3204 0a02 61ff          | no UTF-8 in a message
          4201 08                 | half a time
          420708ffffffffff7f      | a time after the year 9999
          420b 08ffffffffffffffff81 01 | a time before the year 1
          420610 ffffffff07       | too many nanoseconds
          420b10ffffffffffffffffff01 | negative nanoseconds
          a101 00000000000000     | 7 bytes of 8
          a501 000000             | 3 bytes of 4
          """)
  void head_thatNobodyCanRead_isBroken(String hex, String why) {
    assertThat(StoredForm.isHead(full.head())).isTrue();

    assertThat(StoredForm.isHead(joined(full.head(), hex))).as(why).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a00100, a number",
    "a101 0000000000000000, 8 bytes",
    "a50100000000, 4 bytes",
    "a20102ffff, bytes",
    "faffffff0f00, the highest field"
  })
  void head_withFieldsOfALaterVersion_isWhole(String hex, String why) {
    assertThat(StoredForm.isHead(joined(full.head(), hex))).as(why).isTrue();
  }

  @Test
  void head_withoutWhatEveryStepHas_isBroken() throws InvalidProtocolBufferException {
    WorkflowStep head = WorkflowStep.parseFrom(full.head());

    for (int field : new int[] {1, 2, 3, 4, 6}) {
      WorkflowStep without =
          head.toBuilder()
              .clearField(WorkflowStep.getDescriptor().findFieldByNumber(field))
              .build();
      assertThat(StoredForm.isHead(without.toByteArray())).as("without %d", field).isFalse();
    }
    assertThat(StoredForm.isHead(new byte[0])).isFalse();
    assertThat(StoredForm.isHead(head.toBuilder().clearBlockLabel().build().toByteArray()))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "5a 00, the other map",
    "52 00, nothing",
    "52 03 0a0161, no handle",
    "52 02 1200, no name",
    "52 05 1200 0a0161, the handle first",
    "52 07 0a0161 1200 1200, two handles",
    "52 05 0a01ff 1200, a name that is no UTF-8",
    "52 07 0a0161 12020a01, half a handle",
    "52 06 0a0161 120008, more than a handle"
  })
  void handles_thatAreNotAsTheyAreWritten_areBroken(String hex, String why) {
    assertThat(areOutputs(joined(new byte[0], "52050a01611200"))).isTrue();

    assertThat(areOutputs(joined(new byte[0], hex))).as(why).isFalse();
  }

  @Test
  void scan_allocatesNothing() throws Exception {
    assertThat(Allocations.of(Executors.callable(this::scan)) / SCANS).isZero();
  }

  private void scan() {
    for (int i = 0; i < SCANS; i++) {
      if (!StoredForm.isWhole(full)) {
        throw new AssertionError();
      }
    }
  }

  private static byte[] joined(byte[] bytes, String hex) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(bytes);
    joined.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
    return joined.toByteArray();
  }

  /** A step with everything that a step can have. */
  private static WorkflowStep fullStep() {
    return AStep.named("step-é😀")
        .artifact("extraction", "art_1")
        .lifecycle(
            AStep.state(
                "error", null, "failed: ü", "execution", "transient", AStep.details("m", "[1]")))
        .workflow("workflow")
        .model("model")
        .retryCount(300)
        .completedAt(Instant.parse("2026-03-12T09:00:01.5Z"))
        .createdAt(Instant.parse("1969-03-12T09:00:01.000001Z"))
        .loop(AStep.loopOf("loop", 3, true, OptionalInt.of(0)))
        .loop(AStep.loopOf("loop-2", 0, false, OptionalInt.empty()))
        .output("file", AStep.file("f", "n.pdf", "application/pdf"))
        .output("json", "{\"a\": [1.50]}")
        .output("large", '"' + "x".repeat(70_000) + '"')
        .input("ü", AStep.json("\"é\"".getBytes(StandardCharsets.UTF_8)))
        .input("", AStep.json("0".getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static boolean areOutputs(byte[] bytes) {
    return StoredForm.areHandles(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, bytes);
  }
}
