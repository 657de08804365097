package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepPosition;
import java.util.List;
import java.util.Optional;

/**
 * Where artifact records are read from. As {@link dev.workflowsteps.server.steps.StepStore} for
 * everything that is not said here.
 */
public interface ArtifactStore {

  /** The first rows of a scan, in walking order, at a cost that depends on their number only. */
  List<StoredArtifact> scan(Scan<ArtifactFilter, ArtifactPosition> scan, Call call);

  Optional<StoredArtifact> find(String organizationId, String artifactId, Call call);

  /**
   * Records in the order of their ids.
   *
   * @param after the id behind which to begin; absent = from the beginning
   * @param rows the most; fewer only if there are no more, or if their JSON has more than {@code
   *     bytes} in all
   */
  List<StoredArtifact> byId(
      String organizationId, Optional<String> after, int rows, long bytes, Call call);

  /**
   * Where steps with this id stand, in no order, at most {@code most} of them: those that are there
   * and those that only have records; in the run, if one is given, else in the whole organization.
   */
  List<StepPosition> steps(
      String organizationId, String stepId, Optional<String> runId, int most, Call call);
}
