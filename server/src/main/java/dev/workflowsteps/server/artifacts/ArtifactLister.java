package dev.workflowsteps.server.artifacts;

import static dev.workflowsteps.server.steps.StepsException.Reason.ARTIFACT_NOT_FOUND;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Direction;
import dev.workflowsteps.server.steps.Page;
import dev.workflowsteps.server.steps.Refusals;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import dev.workflowsteps.server.steps.StepQuery.Side;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.Tokens;
import dev.workflowsteps.server.steps.Walk;
import java.util.List;
import java.util.Optional;

/**
 * The use case of reading artifact records, in the order of the steps that produced them. Safe for
 * use by many threads.
 */
public final class ArtifactLister {

  /** The step's, the run's and the record's. */
  private static final int IDS = 3;

  private final ArtifactStore store;
  private final long pageBytes;

  /**
   * @param pageBytes a page ends before its records' encodings would pass this many bytes; it
   *     always holds one
   */
  public ArtifactLister(ArtifactStore store, long pageBytes) {
    this.store = store;
    this.pageBytes = pageBytes;
  }

  /**
   * A page of records; empty if there are none at that place.
   *
   * @throws StepsException with the reasons of {@link ArtifactStore}, {@code STEP_AMBIGUOUS} if
   *     several runs hold the step that is asked for, and {@code CURSOR_NOT_FOUND}, {@code
   *     CURSOR_AMBIGUOUS} or {@code CURSOR_FILTER_MISMATCH}
   */
  public Page<StoredArtifact> list(ArtifactQuery query, Call call) {
    Optional<String> run = run(query.filter(), call);
    Optional<ArtifactPosition> from = query.anchor().map(anchor -> position(anchor, query, call));
    if (run.isEmpty()) {
      return Page.empty();
    }
    Direction direction =
        Anchor.isBefore(query.anchor()) ? Direction.DESCENDING : Direction.ASCENDING;
    ArtifactScan scan =
        new ArtifactScan(
            query.filter().inRun(run.get()), direction, from, query.limit() + 1, pageBytes);
    List<StoredArtifact> scanned = store.scan(scan, call);
    Walk<StoredArtifact> walk = Walk.of(scanned, query.limit(), pageBytes);
    return Page.of(
        walk,
        query.anchor(),
        row -> cursor(query, row, from.map(ArtifactPosition::step)),
        row -> cursor(query, row, Optional.of(scanned.get(walk.rows().size()).position().step())));
  }

  /**
   * One record.
   *
   * @throws StepsException with the reasons of {@link ArtifactStore}, and {@code
   *     ARTIFACT_NOT_FOUND}
   */
  public StoredArtifact get(String organizationId, String artifactId, Call call) {
    return store
        .find(organizationId, artifactId, call)
        .orElseThrow(
            () ->
                new StepsException(
                    ARTIFACT_NOT_FOUND,
                    "Artifact does not match a resource in this organization."));
  }

  /** The run that is meant; empty if no run holds the step. */
  private Optional<String> run(ArtifactFilter filter, Call call) {
    if (filter.runId().isPresent()) {
      return filter.runId();
    }
    String stepId = filter.stepId().orElseThrow();
    List<StepPosition> found =
        store.steps(filter.organizationId(), stepId, Optional.empty(), 2, call);
    if (found.size() > 1) {
      throw Refusals.ambiguousStep(stepId);
    }
    return found.stream().map(StepPosition::runId).findFirst();
  }

  /**
   * The cursor of a row at the edge of a page: the plain id of its step inside a run once the step
   * has started, unless the page ends in the midst of the records of that step; else a token.
   *
   * @param beyond the step of what lies on the other side of the edge
   */
  private static String cursor(
      ArtifactQuery query, StoredArtifact row, Optional<StepPosition> beyond) {
    StepPosition step = row.position().step();
    boolean plain =
        query.filter().runId().isPresent()
            && row.position().started()
            && !beyond.equals(Optional.of(step))
            && Tokens.read(step.stepId(), IDS).isEmpty();
    if (plain) {
      return step.stepId();
    }
    return Tokens.write(
        query.filter().organizationId(),
        words(query.filter()),
        step.sortTime(),
        List.of(step.stepId(), step.runId(), row.position().artifactId()));
  }

  private ArtifactPosition position(Anchor anchor, ArtifactQuery query, Call call) {
    Optional<Tokens.Token> token = Tokens.read(anchor.cursor(), IDS);
    if (token.isEmpty()) {
      ArtifactFilter filter = query.filter();
      StepPosition step =
          Refusals.requireOne(
              anchor,
              store.steps(filter.organizationId(), anchor.cursor(), filter.runId(), 2, call));
      return anchor.side() == Side.BEFORE
          ? ArtifactPosition.beforeAllOf(step)
          : ArtifactPosition.behindAllOf(step);
    }
    if (!token.get().isOf(query.filter().organizationId())) {
      throw Refusals.cursorNotFound(anchor);
    }
    if (!token.get().isOf(words(query.filter()))) {
      throw Refusals.otherList(anchor, "other filters");
    }
    List<String> ids = token.get().ids();
    return new ArtifactPosition(
        new StepPosition(token.get().sortTime(), ids.get(0), ids.get(1)), ids.get(2));
  }

  private static List<List<String>> words(ArtifactFilter filter) {
    return List.of(
        // The second kind: in the first, what had not started lay with what is not there.
        List.of("artifacts", "2"),
        filter.runId().stream().toList(),
        filter.stepId().stream().toList(),
        filter.operation().stream().toList(),
        filter.blockId().stream().toList());
  }
}
