package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.StepQuery.Anchor;
import java.util.Optional;

/**
 * A valid question for a page of records.
 *
 * @param filter with a run or a step
 * @param anchor where the page lies; absent = at the list's beginning
 * @param limit the most rows, 1 to {@value #MAX_LIMIT}
 */
public record ArtifactQuery(ArtifactFilter filter, Optional<Anchor> anchor, int limit) {

  public static final int DEFAULT_LIMIT = 100;
  public static final int MAX_LIMIT = 200;
}
