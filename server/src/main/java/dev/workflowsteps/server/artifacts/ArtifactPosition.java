package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.listing.Position;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.text.Utf8Order;
import java.util.Comparator;
import java.util.List;

/**
 * Where a record stands in a list: where its step does, and among those of one step by its id.
 *
 * @param step with a sort time as lists of records have it, see {@link #of(StepPosition)}; that of
 *     a step that is not there is {@link #NO_STEP}
 */
public record ArtifactPosition(StepPosition step, String artifactId)
    implements Position, Comparable<ArtifactPosition> {

  /** The sort time of the records of steps that are not there: after every step. */
  public static final long NO_STEP = Long.MAX_VALUE;

  /** The sort time of the records of steps that have not started: before those. */
  public static final long STEP_NOT_STARTED = NO_STEP - 1;

  private static final Comparator<ArtifactPosition> ORDER =
      Comparator.comparing(ArtifactPosition::step)
          .thenComparing(ArtifactPosition::artifactId, Utf8Order::compare);

  /** Before all records of a step. */
  private static final String BEFORE_EVERY_ID = "";

  /** An id has at most 256 bytes, this 260 of the highest character. */
  private static final String AFTER_EVERY_ID = "\uDBFF\uDFFF".repeat(65);

  /** The place of a step, as lists of records have it: steps that have not started are not last. */
  public static StepPosition of(StepPosition step) {
    return new StepPosition(
        Math.min(step.sortTime(), STEP_NOT_STARTED), step.stepId(), step.runId());
  }

  @Override
  public long sortTime() {
    return step.sortTime();
  }

  @Override
  public List<String> ids() {
    return List.of(step.stepId(), step.runId(), artifactId);
  }

  /** Whether the record's step is there, and has started. */
  @Override
  public boolean hasTime() {
    return step.sortTime() < STEP_NOT_STARTED;
  }

  public static ArtifactPosition beforeAllOf(StepPosition step) {
    return new ArtifactPosition(step, BEFORE_EVERY_ID);
  }

  public static ArtifactPosition behindAllOf(StepPosition step) {
    return new ArtifactPosition(step, AFTER_EVERY_ID);
  }

  @Override
  public int compareTo(ArtifactPosition that) {
    return ORDER.compare(this, that);
  }
}
