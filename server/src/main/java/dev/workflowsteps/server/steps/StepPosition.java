package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.text.Utf8Order;

/**
 * A place in the list order: by start, steps without one last, then by step id, then by run id, ids
 * by the unsigned bytes of their UTF-8. No two steps of an organization share one.
 *
 * @param sortTime microseconds since 1970 of {@code started_at}; {@link #NOT_STARTED} if there is
 *     none
 */
public record StepPosition(long sortTime, String stepId, String runId)
    implements Comparable<StepPosition> {

  /** The sort time of a step without a start: after every other. */
  public static final long NOT_STARTED = Long.MAX_VALUE;

  public boolean started() {
    return sortTime != NOT_STARTED;
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
