package dev.workflowsteps.server.steps;

/** The time by which a list of steps is sorted. */
public enum SortBy {
  STARTED_AT,
  /** See {@link StepRecord#endedAt}. */
  ENDED_AT
}
