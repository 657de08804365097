package dev.workflowsteps.adapter.upstream;

/** What became of a read that failed with {@code UNAVAILABLE} and could be retried. */
public enum RetryOutcome {
  /** Another server answered it, if only that it is wrong. */
  SUCCEEDED,
  /** Another server failed it too. */
  FAILED,
  /** It was not retried: enough others were. */
  OVER_BUDGET,
  /** It was not retried: there is no other server, or none that can be reached. */
  NO_OTHER_SERVER
}
