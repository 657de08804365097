package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
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
    compare(WorkflowStep.getDescriptor(), MessageWriterFuzz.parser(WorkflowStep.getDescriptor()));
  }

  @Test
  void write_randomPages_equalTheReference() throws InvalidProtocolBufferException {
    compare(
        ListWorkflowStepsResponse.getDescriptor(),
        MessageWriterFuzz.parser(ListWorkflowStepsResponse.getDescriptor()));
  }

  @Test
  void write_randomPagesOfArtifacts_equalTheReference() throws InvalidProtocolBufferException {
    compare(
        ListWorkflowArtifactsResponse.getDescriptor(),
        MessageWriterFuzz.parser(ListWorkflowArtifactsResponse.getDescriptor()));
  }

  @Test
  void writeField_randomAnswers_equalTheReferenceOfTheField()
      throws InvalidProtocolBufferException {
    compareField(
        "step",
        GetWorkflowStepResponse.getDescriptor(),
        MessageWriterFuzz.parser(GetWorkflowStepResponse.getDescriptor()));
    compareField(
        "artifact",
        GetWorkflowArtifactResponse.getDescriptor(),
        MessageWriterFuzz.parser(GetWorkflowArtifactResponse.getDescriptor()));
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
      boolean both =
          MessageWriterFuzz.compare(
              writer,
              MessageWriterFuzz.parser(ListWorkflowStepsResponse.getDescriptor()),
              wire,
              "seed " + seed);
      printed += both ? 1 : 0;
    }
    assertThat(printed).as("messages that both could read").isPositive();
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

  /** An absent field is null. */
  private void compareField(String field, Descriptor type, Parser<? extends Message> parser)
      throws InvalidProtocolBufferException {
    MessageWriter writer = MessageWriter.compile(type);
    FieldDescriptor descriptor = type.findFieldByName(field);
    for (long seed = firstSeed; seed < firstSeed + MESSAGES; seed++) {
      byte[] wire = new RandomMessages(seed).wire(type, 4);
      Message parsed = parser.parseFrom(wire);
      String expected =
          parsed.hasField(descriptor)
              ? ReferencePrinter.print((Message) parsed.getField(descriptor))
              : "null";
      assertThat(Json.of(out -> writer.writeField(field, wire, out)))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }
}
