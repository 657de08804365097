package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Arrivals;
import dev.workflowsteps.server.steps.Call;
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
   * Records artifacts of one organization and tells what became of each, in their order. A rejected
   * one does not keep the others from being written; those are written all or none. Of several
   * records with one id the last stands.
   *
   * @throws dev.workflowsteps.server.steps.StepsException as {@link ArtifactWriter#write} does
   */
  public List<WriteResult> record(String organizationId, List<Artifact> artifacts, Call call) {
    Arrivals<String, Artifact> arrivals =
        new Arrivals<>(Artifact::artifactId, (standing, arriving) -> arriving, Artifact::sameAs);
    for (Artifact artifact : artifacts) {
      ArtifactValidator.check(artifact)
          .ifPresentOrElse(arrivals::reject, () -> arrivals.add(artifact));
    }
    List<Artifact> standing = arrivals.standing();
    return arrivals.results(
        standing.isEmpty() ? List.of() : writer.write(organizationId, standing, call));
  }
}
