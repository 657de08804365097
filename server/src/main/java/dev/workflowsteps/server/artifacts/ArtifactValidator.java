package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.TextValidator;
import java.util.Optional;

/** What every artifact record must satisfy to be written, however it arrives. */
final class ArtifactValidator {

  private static final TextValidator OPERATION = of("operation");
  private static final TextValidator ID = of("id");

  /** The first violation, in the order of the fields; empty if the record is acceptable. */
  static Optional<Rejection> check(Artifact artifact) {
    return in("operation", OPERATION.check(artifact.operation()))
        .or(() -> in("id", ID.check(artifact.artifactId())))
        .or(() -> in("run_id", ID.check(artifact.runId())))
        .or(() -> in("step_id", ID.check(artifact.stepId())))
        .or(() -> in("block_id", artifact.blockId().flatMap(ID::check)))
        .or(() -> size(artifact.json().length));
  }

  private static Optional<Rejection> size(int bytes) {
    return bytes <= Artifact.MAX_BYTES
        ? Optional.empty()
        : Optional.of(Rejection.of("artifact", bytes + " bytes", "at most " + Artifact.MAX_BYTES));
  }

  private static Optional<Rejection> in(String field, Optional<Rejection> rejection) {
    return rejection.map(first -> first.in(field));
  }

  private static TextValidator of(String field) {
    return TextValidator.of(WorkflowArtifact.getDescriptor().findFieldByName(field));
  }

  private ArtifactValidator() {}
}
