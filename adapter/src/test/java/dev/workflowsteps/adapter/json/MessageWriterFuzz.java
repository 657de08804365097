package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are refused, or printed as another printer prints what protobuf's parser reads. */
class MessageWriterFuzz {

  private static final MessageWriter STEPS =
      MessageWriter.compile(ListWorkflowStepsResponse.getDescriptor());
  private static final MessageWriter ARTIFACTS =
      MessageWriter.compile(ListWorkflowArtifactsResponse.getDescriptor());

  static Stream<byte[]> seeds() {
    return LongStream.range(0, 50)
        .mapToObj(
            seed ->
                new RandomMessages(seed)
                    .wire(
                        seed % 2 == 0
                            ? ListWorkflowStepsResponse.getDescriptor()
                            : ListWorkflowArtifactsResponse.getDescriptor(),
                        4));
  }

  @MethodSource("seeds")
  @FuzzTest
  void write_anyBytes_areRefusedOrEqualTheReference(byte[] bytes) {
    take(bytes);
  }

  static void take(byte[] bytes) {
    compare(STEPS, parser(ListWorkflowStepsResponse.getDescriptor()), bytes, "steps");
    compare(ARTIFACTS, parser(ListWorkflowArtifactsResponse.getDescriptor()), bytes, "artifacts");
  }

  /** Keeps the entries of a map whose keys are equal, as the writer does. */
  static Parser<DynamicMessage> parser(Descriptor type) {
    return DynamicMessage.getDefaultInstance(type).getParserForType();
  }

  /** Whether both could read it; then they agree. */
  static boolean compare(
      MessageWriter writer, Parser<? extends Message> parser, byte[] wire, String name) {
    String written;
    Message parsed;
    try {
      written = Json.of(writer, wire);
      parsed = parser.parseFrom(wire);
    } catch (MalformedMessageException | InvalidProtocolBufferException e) {
      return false;
    }
    String expected;
    try {
      expected = ReferencePrinter.print(parsed);
    } catch (java.time.DateTimeException e) {
      throw new AssertionError(name + ": a time that nobody can tell was written: " + written, e);
    }
    // A changed payload may be no UTF-8, which the reference cannot keep.
    if (!expected.contains("\ufffd")) {
      assertThat(written).as(name).isEqualTo(expected);
    }
    return true;
  }
}
