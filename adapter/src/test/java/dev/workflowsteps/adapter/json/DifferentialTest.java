package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The same bytes through protobuf's own parser and a printer that has nothing else in common. */
class DifferentialTest {

  private static final int MESSAGES = 1_000;

  private final long firstSeed = new Random().nextLong(1_000_000_000);

  @Test
  void write_randomSteps_equalTheReference() throws InvalidProtocolBufferException {
    compare(WorkflowStep.getDescriptor(), WorkflowStep.parser());
  }

  @Test
  void write_randomPages_equalTheReference() throws InvalidProtocolBufferException {
    compare(ListWorkflowStepsResponse.getDescriptor(), ListWorkflowStepsResponse.parser());
  }

  @Test
  void write_randomMessagesOfEveryKind_equalTheReference() throws InvalidProtocolBufferException {
    Descriptor type = TestTypes.everything();
    compare(type, DynamicMessage.getDefaultInstance(type).getParserForType());
  }

  @Test
  void write_changedBytes_areRefusedOrEqualTheReference() {
    Descriptor type = ListWorkflowStepsResponse.getDescriptor();
    MessageWriter writer = MessageWriter.compile(type);
    int printed = 0;
    for (long seed = firstSeed; seed < firstSeed + 20 * MESSAGES; seed++) {
      Random random = new Random(seed);
      byte[] wire = new RandomMessages(seed / 20).wire(type, 3);
      for (int i = wire.length == 0 ? 0 : 1 + random.nextInt(2); i > 0; i--) {
        wire[random.nextInt(wire.length)] = (byte) random.nextInt(256);
      }
      printed += agree(writer, wire, seed) ? 1 : 0;
    }
    assertThat(printed).as("messages that both could read").isPositive();
  }

  private static boolean agree(MessageWriter writer, byte[] wire, long seed) {
    String written;
    Message parsed;
    try {
      written = Json.of(writer, wire);
      parsed = ListWorkflowStepsResponse.parseFrom(wire);
    } catch (MalformedMessageException | InvalidProtocolBufferException e) {
      return false;
    }
    // A changed payload may be no UTF-8, which the reference cannot keep.
    String expected = ReferencePrinter.print(parsed);
    if (!expected.contains("\ufffd")) {
      assertThat(written).as("seed %d", seed).isEqualTo(expected);
    }
    return true;
  }

  private void compare(Descriptor type, Parser<? extends Message> parser)
      throws InvalidProtocolBufferException {
    MessageWriter writer = MessageWriter.compile(type);
    for (long seed = firstSeed; seed < firstSeed + MESSAGES; seed++) {
      byte[] wire = new RandomMessages(seed).wire(type, 4);
      String expected = ReferencePrinter.print(parser.parseFrom(wire));
      assertThat(Json.of(writer, wire)).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
