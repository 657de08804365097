package dev.workflowsteps.server.steps;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.encoding.Handles;
import java.util.Map;
import java.util.stream.Collectors;

/** What a record says, read back from its bytes alone. */
public final class Encoded {

  /** The message that the record is, as it stands: external payloads stay external. */
  public static byte[] bytes(StepRecord record) {
    return record.encoded().bytes();
  }

  /** The message that an answered row is. */
  static byte[] bytes(StoredStep row) {
    return row.encoded().bytes();
  }

  /** The step that was encoded, its payloads restored. */
  public static WorkflowStep step(StepRecord record) {
    Map<String, byte[]> payloads =
        record.payloads().stream()
            .collect(Collectors.toMap(ExternalPayload::sha256, ExternalPayload::json));
    Handles handles = Handles.parse(record.encoded());
    handles.restore(payloads::get);
    try {
      return WorkflowStep.parseFrom(handles.encode().bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(record.key() + " cannot be read back", e);
    }
  }

  private Encoded() {}
}
