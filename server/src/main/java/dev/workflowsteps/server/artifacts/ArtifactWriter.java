package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Outcome;
import java.util.List;

/** Where artifact records are written to. Implementations are safe for use by many threads. */
public interface ArtifactWriter {

  /**
   * Writes records of one organization, all or none of them, and returns once they are durable: the
   * outcomes, in the order of the records. What is stored then, and each outcome, is as if every
   * record had been written by itself, in their order.
   *
   * @throws dev.workflowsteps.server.steps.StepsException with {@code UNAVAILABLE} if they could
   *     not be written. Whether they were may then be unknown; writing them again is safe.
   */
  List<Outcome> write(String organizationId, List<Artifact> artifacts, Call call);
}
