package dev.workflowsteps.server.artifacts;

import static dev.workflowsteps.server.call.FailedCallException.Reason.ARTIFACT_NOT_FOUND;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Lister;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.PageToken;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepPosition;
import java.util.List;
import java.util.Optional;

/**
 * The use case of reading artifact records, in the order of the steps that produced them. Safe for
 * use by many threads.
 */
public final class ArtifactLister extends Lister<ArtifactFilter, ArtifactPosition, StoredArtifact> {

  /** The step's, the run's and the record's. */
  private static final int IDS = 3;

  private final ArtifactStore store;

  /**
   * @param pageBytes a page ends before its response would have more bytes than this, but it always
   *     holds one record
   */
  public ArtifactLister(ArtifactStore store, long pageBytes) {
    super(IDS, pageBytes);
    this.store = store;
  }

  /**
   * One record.
   *
   * @throws FailedCallException with the reasons of {@link ArtifactStore}, and {@code
   *     ARTIFACT_NOT_FOUND}
   */
  public StoredArtifact get(String organizationId, String artifactId, Call call) {
    return store
        .find(organizationId, artifactId, call)
        .orElseThrow(
            () ->
                new FailedCallException(
                    ARTIFACT_NOT_FOUND,
                    "Artifact does not match a resource in this organization."));
  }

  /** In the one run that holds the step, if no run is given; fails if several hold it. */
  @Override
  protected Optional<ArtifactFilter> resolve(ArtifactFilter filter, Call call) {
    if (filter.runId().isPresent()) {
      return Optional.of(filter);
    }
    String stepId = filter.stepId().orElseThrow();
    List<StepPosition> found =
        store.steps(filter.organizationId(), stepId, Optional.empty(), 2, call);
    if (found.size() > 1) {
      throw StepLister.ambiguous(stepId);
    }
    return found.stream().findFirst().map(step -> filter.withRunId(Optional.of(step.runId())));
  }

  @Override
  protected List<StoredArtifact> scan(Scan<ArtifactFilter, ArtifactPosition> scan, Call call) {
    return store.scan(scan, call);
  }

  @Override
  protected ArtifactPosition position(PageToken token) {
    List<String> ids = token.ids();
    return new ArtifactPosition(
        new StepPosition(token.sortTime(), ids.get(0), ids.get(1)), ids.get(2));
  }

  /** On the far side of all records of the step, seen from the page. */
  @Override
  protected ArtifactPosition plainPosition(
      Anchor anchor, PageQuery<ArtifactFilter> query, Call call) {
    ArtifactFilter filter = query.filter();
    StepPosition step =
        anchor.requireOne(
            store.steps(filter.organizationId(), anchor.cursor(), filter.runId(), 2, call));
    boolean ascending = query.order() == Direction.ASCENDING;
    return (anchor.side() == Side.BEFORE) == ascending
        ? ArtifactPosition.beforeAllOf(step)
        : ArtifactPosition.behindAllOf(step);
  }

  /** Unless the page ends amid the records of one step. */
  @Override
  protected boolean isMarkedByStepId(ArtifactPosition row, Optional<ArtifactPosition> beyond) {
    return beyond.filter(other -> other.step().equals(row.step())).isEmpty();
  }
}
