package dev.workflowsteps.server.steps;

/** What became of one record that was written. */
public enum Outcome {
  /** There was none of this name. */
  NEW,
  /** It replaced what stood. */
  CHANGED,
  /** The same stood already; nothing was written. */
  UNCHANGED,
  /** What stands is newer ({@link StepRecord#isStale}); nothing was written. */
  STALE
}
