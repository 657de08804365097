package dev.workflowsteps.server.artifacts;

import com.google.protobuf.CodedOutputStream;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.server.listing.Row;

/**
 * A record as a storage gives it back.
 *
 * @param json the whole record; not copied, not to be changed
 */
public record StoredArtifact(ArtifactPosition position, String operation, byte[] json)
    implements Row<ArtifactPosition> {

  @Override
  public long size() {
    return Row.framed(
        CodedOutputStream.computeStringSize(WorkflowArtifact.OPERATION_FIELD_NUMBER, operation)
            + CodedOutputStream.computeStringSize(
                WorkflowArtifact.ID_FIELD_NUMBER, position.artifactId())
            + CodedOutputStream.computeStringSize(
                WorkflowArtifact.RUN_ID_FIELD_NUMBER, position.step().runId())
            + CodedOutputStream.computeStringSize(
                WorkflowArtifact.STEP_ID_FIELD_NUMBER, position.step().stepId())
            + CodedOutputStream.computeByteArraySize(WorkflowArtifact.RECORD_FIELD_NUMBER, json));
  }
}
