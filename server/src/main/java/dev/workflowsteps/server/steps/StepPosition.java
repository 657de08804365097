package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.listing.Position;
import dev.workflowsteps.server.text.Utf8Order;
import java.util.List;

/**
 * A place in the list order: by the time that the list is sorted by, steps without it last, then by
 * step id, then by run id, ids by the unsigned bytes of their UTF-8. No two steps of an
 * organization share one.
 *
 * @param sortTime microseconds since 1970; {@link #NO_TIME} if there is none
 */
public record StepPosition(long sortTime, String stepId, String runId)
    implements Position, Comparable<StepPosition> {

  /** The sort time of a step without the time that the list is sorted by: after every other. */
  public static final long NO_TIME = Long.MAX_VALUE;

  /** The place of the same step by another time. */
  public StepPosition at(long time) {
    return new StepPosition(time, stepId, runId);
  }

  @Override
  public List<String> ids() {
    return List.of(stepId, runId);
  }

  @Override
  public boolean hasTime() {
    return sortTime != NO_TIME;
  }

  @Override
  public int compareTo(StepPosition that) {
    int byTime = Long.compare(sortTime, that.sortTime);
    if (byTime != 0) {
      return byTime;
    }
    int byStep = Utf8Order.compare(stepId, that.stepId);
    return byStep != 0 ? byStep : Utf8Order.compare(runId, that.runId);
  }
}
