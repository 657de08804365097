package dev.workflowsteps.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Allocations;
import dev.workflowsteps.server.document.Documents;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.grpc.MessageCost.Estimate;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Damage;
import dev.workflowsteps.server.steps.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCostTest {

  private static final MessageCost STEPS =
      MessageCost.of(RecordWorkflowStepsRequest.getDescriptor());

  /** What an input, a parser and an exception take. */
  private static final long CALL_BYTES = 4_096;

  private static final int ATTACK_BYTES = 256 << 10;
  private static final int DAMAGES = 2_000;

  static Stream<Arguments> usualBatches() throws Exception {
    return Stream.of(
        Arguments.of("recorded runs", batch(read(Documents.SAMPLE))),
        Arguments.of("every kind", batch(read(Documents.EVERY_KIND))),
        Arguments.of("small steps", batch(many(1_000, i -> AStep.named("step-" + i).build()))),
        Arguments.of(
            "long texts", batch(many(50, i -> AStep.named("s").label("a".repeat(20_000)).build()))),
        Arguments.of(
            "umlauts", batch(many(50, i -> AStep.named("s").label("Größe".repeat(4_000)).build()))),
        Arguments.of(
            "Chinese", batch(many(50, i -> AStep.named("s").label("步骤".repeat(4_000)).build()))),
        Arguments.of(
            "replaced characters",
            batch(many(50, i -> AStep.named("s").label("a\uFFFD".repeat(4_000)).build()))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void usualBatches(String name, byte[] message) throws Exception {
    Estimate estimate = STEPS.estimate(message);
    long allocated =
        Allocations.of(() -> MessageBytes.parse(message, RecordWorkflowStepsRequest.parser()));

    assertThat(estimate.readable()).isTrue();
    assertThat(estimate.heapBytes()).isBetween(allocated, 4 * allocated);
  }

  static Stream<Arguments> unusualMessages() {
    byte[] empty = new byte[0];
    return Stream.of(
        Arguments.of("empty steps", Wire.filled(ATTACK_BYTES, Wire.hex("0a00"))),
        Arguments.of("steps of one field", Wire.filled(ATTACK_BYTES, Wire.hex("0a03 0a0161"))),
        Arguments.of("steps with an empty state", Wire.filled(ATTACK_BYTES, Wire.hex("0a02 3200"))),
        Arguments.of(
            "steps with an empty handle", Wire.filled(ATTACK_BYTES, Wire.hex("0a02 5200"))),
        Arguments.of("steps with a loop", Wire.filled(ATTACK_BYTES, Wire.hex("0a02 7a00"))),
        Arguments.of(
            "steps with an unknown number", Wire.filled(ATTACK_BYTES, Wire.hex("0a04 f8ff0f01"))),
        Arguments.of(
            "steps with all that is empty",
            Wire.filled(ATTACK_BYTES, Wire.hex("0a10 3200 3a00 4200 4a00 5200 5a00 6200 7a00"))),
        Arguments.of("empty entries", step(Wire.filled(ATTACK_BYTES, Wire.hex("5200")))),
        Arguments.of("different entries", step(Wire.filled(ATTACK_BYTES, i -> entry(i, empty)))),
        Arguments.of(
            "entries with a handle",
            step(Wire.filled(ATTACK_BYTES, i -> entry(i, Wire.hex("1200"))))),
        Arguments.of(
            "entries with a file",
            step(Wire.filled(ATTACK_BYTES, i -> entry(i, Wire.hex("1202 1200"))))),
        Arguments.of(
            "entries with several handles",
            step(
                Wire.filled(
                    2_000, i -> Wire.field(10, Wire.filled(100, Wire.hex("1203 f80101")))))),
        Arguments.of(
            "one entry with many handles",
            step(
                Wire.field(
                    10,
                    Wire.filled(
                        4_000,
                        i ->
                            Wire.field(
                                2,
                                Wire.joined(
                                    Wire.hex("f8"),
                                    new byte[] {(byte) (0x80 | i & 0x7F), (byte) (0x01 + (i >> 7))},
                                    Wire.hex("01"))))))),
        Arguments.of("loops", step(Wire.filled(ATTACK_BYTES, Wire.hex("7a00")))),
        Arguments.of("the same unknown number", Wire.filled(ATTACK_BYTES, Wire.hex("f80101"))),
        Arguments.of(
            "different unknown numbers",
            Wire.filled(ATTACK_BYTES, i -> Wire.joined(tag(100 + i, 0), Wire.hex("01")))),
        Arguments.of(
            "different unknown 4 bytes",
            Wire.filled(ATTACK_BYTES, i -> Wire.joined(tag(100 + i, 5), new byte[4]))),
        Arguments.of(
            "different unknown 8 bytes",
            Wire.filled(ATTACK_BYTES, i -> Wire.joined(tag(100 + i, 1), new byte[8]))),
        Arguments.of(
            "different unknown bytes",
            Wire.filled(ATTACK_BYTES, i -> Wire.joined(tag(100 + i, 2), Wire.hex("00")))),
        Arguments.of(
            "unknown bytes of a step", step(Wire.filled(ATTACK_BYTES, Wire.hex("fa0f00")))),
        Arguments.of("empty groups", Wire.filled(ATTACK_BYTES, Wire.hex("fb01 fc01"))),
        Arguments.of(
            "different groups",
            Wire.filled(
                ATTACK_BYTES,
                i -> Wire.joined(tag(100 + i, 3), Wire.hex("f801 01"), tag(100 + i, 4)))),
        Arguments.of("nested groups", Wire.filled(ATTACK_BYTES, i -> groups(90))),
        Arguments.of("a known number of another kind", Wire.filled(ATTACK_BYTES, Wire.hex("0801"))),
        Arguments.of("the same text again", step(Wire.filled(ATTACK_BYTES, Wire.hex("0a0161")))),
        Arguments.of(
            "the same state again", step(Wire.filled(ATTACK_BYTES, Wire.hex("3203 0a0161")))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void unusualMessages(String name, byte[] message) throws Exception {
    Estimate estimate = STEPS.estimate(message);
    long allocated =
        Allocations.of(() -> MessageBytes.parse(message, RecordWorkflowStepsRequest.parser()));

    assertThat(estimate.readable()).isTrue();
    assertThat(estimate.heapBytes() + CALL_BYTES).isGreaterThan(allocated);
  }

  @Test
  void damagedBytes_areUnreadableOnlyIfTheyCantBeParsed_andNeverCostMoreThanEstimated()
      throws Exception {
    byte[] whole = batch(read(Documents.EVERY_KIND));
    long first = Seed.first();
    int unreadable = 0;
    int parsed = 0;
    for (long seed = first; seed < first + DAMAGES; seed++) {
      byte[] damaged = Damage.of(whole, new Random(seed));
      Estimate estimate = STEPS.estimate(damaged);
      boolean[] read = new boolean[1];
      long allocated = Allocations.ofFirst(() -> read[0] = isReadable(damaged));
      assertThat(estimate.heapBytes() + CALL_BYTES)
          .as("seed %d", seed)
          .isGreaterThan(estimate.readable() ? allocated : 0);
      assertThat(read[0] && !estimate.readable()).as("seed %d", seed).isFalse();
      unreadable += estimate.readable() ? 0 : 1;
      parsed += read[0] ? 1 : 0;
    }
    assertThat(unreadable).isPositive();
    assertThat(parsed).isPositive();
  }

  @Test
  void noise_neverThrows() {
    long first = Seed.first();
    for (long seed = first; seed < first + DAMAGES; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      assertThat(isReadable(noise) && !STEPS.estimate(noise).readable())
          .as("seed %d", seed)
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00                  | field 0
          0a                  | no length
          0a05 0a             | a length past the end
          0a 8080808008       | a negative length
          0a04 0a05 6161      | a text past the end of its step
          0a03 0a01ff         | no UTF-8
          0a04 0a02c080       | an overlong character
          0b                  | a group without an end
          fb01 fc02           | a group with the end of another
          0c                  | an end of no group
          0a01 0c             | an end of no group in a step
          0e00                | wire type 6
          f801 ffffffffffffffffffff01 | a number of 11 bytes
          f901 00000000000000 | 7 bytes of 8
          fd01 000000         | 3 bytes of 4
          """)
  void bytesThatAreNoMessage_areUnreadable(String hex, String why) {
    byte[] message = Wire.hex(hex);

    assertThat(isReadable(message)).as(why).isFalse();
    assertThat(STEPS.estimate(message).readable()).as(why).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                    | nothing
          8a80808080808080801000 | tags and lengths have 32 bits, whatever bits follow
          0a 80808080f000     | and so have lengths
          0a03 820100         | bytes where a number belongs
          """)
  void bytesThatProtobufReads_areReadable(String hex, String why) {
    byte[] message = Wire.hex(hex);

    assertThat(STEPS.estimate(message).readable()).as(why).isEqualTo(isReadable(message)).isTrue();
  }

  @Test
  void nesting_isReadAsDeepAsProtobufReads() {
    assertThat(isReadable(groups(100))).isTrue();
    assertThat(STEPS.estimate(groups(100)).readable()).isTrue();
    assertThat(isReadable(groups(101))).isFalse();
    assertThat(STEPS.estimate(groups(101)).readable()).isFalse();
    assertThat(STEPS.estimate(Wire.filled(ATTACK_BYTES, Wire.hex("fb01"))).readable()).isFalse();
  }

  @Test
  void documents_areTheElementsOfTheMessageItself() {
    assertThat(STEPS.estimate(batch(many(7, i -> AStep.named("s").build()))).documents())
        .isEqualTo(7);
    assertThat(STEPS.estimate(new byte[0]).documents()).isZero();
    assertThat(
            MessageCost.of(RecordWorkflowArtifactsRequest.getDescriptor())
                .estimate(
                    RecordWorkflowArtifactsRequest.newBuilder()
                        .addRecords(ByteString.copyFromUtf8("{}"))
                        .addRecords(ByteString.EMPTY)
                        .build()
                        .toByteArray())
                .documents())
        .isEqualTo(2);
    assertThat(
            MessageCost.of(ListWorkflowStepsRequest.getDescriptor())
                .estimate(
                    ListWorkflowStepsRequest.newBuilder().addStatus("error").build().toByteArray())
                .documents())
        .isZero();
  }

  @Test
  void unknownField_isTheLowestOfTheMessageItself() {
    assertThat(STEPS.estimate(Wire.hex("e00701 f80101 fa0f00")).unknownField()).hasValue(31);
    assertThat(STEPS.estimate(Wire.hex("0801")).unknownField()).hasValue(1);
    assertThat(STEPS.estimate(Wire.hex("0a03 f80101")).unknownField()).isEmpty();
  }

  @Test
  void payload_isNotLookedInto() {
    MessageCost artifacts = MessageCost.of(RecordWorkflowArtifactsRequest.getDescriptor());
    byte[] empty = Wire.field(1, new byte[0]);
    byte[] payload = Wire.field(1, Wire.filled(ATTACK_BYTES, Wire.hex("0a00")));

    assertThat(artifacts.estimate(payload).heapBytes())
        .isEqualTo(artifacts.estimate(empty).heapBytes());
  }

  @Test
  void payload_sharesTheMessagesBytes() throws Exception {
    byte[] message = Wire.field(1, new byte[ATTACK_BYTES]);

    assertThat(
            Allocations.of(
                () -> MessageBytes.parse(message, RecordWorkflowArtifactsRequest.parser())))
        .isLessThan(CALL_BYTES);
  }

  @Test
  void packedNumbers_costWhatAGrowingListDoes() throws Exception {
    byte[] message = Wire.field(1, new byte[ATTACK_BYTES]);
    long allocated =
        Allocations.of(() -> MessageBytes.parse(message, SourceCodeInfo.Location.parser()));

    assertThat(
            MessageCost.of(SourceCodeInfo.Location.getDescriptor()).estimate(message).heapBytes())
        .isBetween(allocated, 10 * allocated);
  }

  @Test
  void typesThatContainThemselves_areCompiledOnce() {
    byte[] nested = new byte[0];
    for (int i = 0; i < 50; i++) {
      nested = Wire.field(DescriptorProto.NESTED_TYPE_FIELD_NUMBER, nested);
    }

    assertThat(MessageCost.of(DescriptorProto.getDescriptor()).estimate(nested).readable())
        .isTrue();
  }

  @Test
  void scan_allocatesNextToNothing() throws Exception {
    byte[] message = Wire.filled(ATTACK_BYTES, Wire.hex("0a00"));

    assertThat(Allocations.of(() -> STEPS.estimate(message))).isLessThan(1_000);
  }

  private static boolean isReadable(byte[] message) {
    try {
      MessageBytes.parse(message, RecordWorkflowStepsRequest.parser());
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static byte[] entry(int i, byte[] value) {
    return Wire.field(
        10, Wire.joined(Wire.field(1, Integer.toString(i, 36).getBytes(UTF_8)), value));
  }

  private static byte[] groups(int depth) {
    return Wire.joined(
        Wire.filled(2 * depth, Wire.hex("fb01")), Wire.filled(2 * depth, Wire.hex("fc01")));
  }

  private static byte[] tag(int number, int wireType) {
    byte[] bytes = new byte[5];
    int size = 0;
    for (int rest = number << 3 | wireType; rest != 0; rest >>>= 7) {
      bytes[size++] = (byte) (rest & 0x7F | (rest > 0x7F ? 0x80 : 0));
    }
    return Arrays.copyOf(bytes, size);
  }

  private static byte[] step(byte[] fields) {
    return Wire.field(1, fields);
  }

  private static byte[] batch(List<WorkflowStep> steps) {
    return RecordWorkflowStepsRequest.newBuilder().addAllSteps(steps).build().toByteArray();
  }

  private static List<WorkflowStep> many(int count, IntFunction<WorkflowStep> step) {
    return Stream.iterate(0, i -> i + 1).limit(count).map(step::apply).toList();
  }

  private static List<WorkflowStep> read(String file) throws Exception {
    StepReader reader = new StepReader("org_1");
    List<WorkflowStep> steps = new ArrayList<>();
    for (String line : Documents.lines(file)) {
      byte[] json = line.getBytes(UTF_8);
      steps.add(reader.read(json, 0, json.length));
    }
    return steps;
  }
}
