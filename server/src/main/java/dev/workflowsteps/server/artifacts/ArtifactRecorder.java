package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.WriteBatch;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.List;

/**
 * The use case of writing artifact records: checks them and writes the acceptable ones. Safe for
 * use by many threads.
 */
public final class ArtifactRecorder {

  private final ArtifactWriter writer;

  public ArtifactRecorder(ArtifactWriter writer) {
    this.writer = writer;
  }

  /**
   * Records artifacts of one organization and returns what became of each, in their order. A
   * rejected one does not keep the others from being written; those are written all or none, as if
   * they came one by one.
   *
   * @throws dev.workflowsteps.server.steps.StepsException as {@link ArtifactWriter#write} does
   */
  public List<WriteResult> record(String organizationId, List<Artifact> artifacts, Call call) {
    WriteBatch<Artifact> batch = new WriteBatch<>();
    for (Artifact artifact : artifacts) {
      ArtifactValidator.check(artifact).ifPresentOrElse(batch::reject, () -> batch.add(artifact));
    }
    List<Artifact> records = batch.documents();
    return batch.results(
        records.isEmpty() ? List.of() : writer.write(organizationId, records, call));
  }
}
