package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.steps.FieldRules;
import dev.workflowsteps.server.steps.Rejection;
import java.util.Optional;

/** What every artifact record must satisfy to be written, however it arrives. */
final class ArtifactRules {

  static Optional<Rejection> check(Artifact artifact) {
    FieldRules fields = new FieldRules();
    fields.word("operation", artifact.operation(), Words.OPERATION.all());
    fields.id("id", artifact.artifactId());
    fields.id("run_id", artifact.runId());
    fields.id("step_id", artifact.stepId());
    fields.id("block_id", artifact.blockId());
    if (artifact.json().length > Artifact.MAX_BYTES) {
      fields.reject(
          Rejection.of(
              "artifact", artifact.json().length + " bytes", "at most " + Artifact.MAX_BYTES));
    }
    return fields.first();
  }

  private ArtifactRules() {}
}
