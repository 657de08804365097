package dev.workflowsteps.server.steps;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.Map;
import java.util.stream.Collectors;

/** What a record says, read back from its bytes alone. */
public final class Encoded {

  /** The message that the record is, as it stands: payloads that are out stay out. */
  public static byte[] bytes(StepRecord record) {
    return joined(record.head(), record.outputs(), record.inputs());
  }

  /** The message that an answered row is. */
  static byte[] bytes(StoredStep row) {
    return joined(row.head(), row.outputs(), row.inputs());
  }

  /** The step that was encoded, its payloads put back. */
  public static Step step(StepRecord record) {
    Map<String, byte[]> payloads =
        record.payloads().stream().collect(Collectors.toMap(Payload::sha256, Payload::json));
    try {
      Handles handles = Handles.parse(record.stored());
      handles.putBack(payloads);
      return StepCodec.decode(
          WorkflowStep.parseFrom(joined(record.head(), handles.outputs(), handles.inputs())));
    } catch (InvalidProtocolBufferException | RejectedStepException e) {
      throw new AssertionError(record.key() + " cannot be read back", e);
    }
  }

  private static byte[] joined(byte[] head, byte[] outputs, byte[] inputs) {
    byte[] whole = new byte[head.length + outputs.length + inputs.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(outputs, 0, whole, head.length, outputs.length);
    System.arraycopy(inputs, 0, whole, head.length + outputs.length, inputs.length);
    return whole;
  }

  private Encoded() {}
}
