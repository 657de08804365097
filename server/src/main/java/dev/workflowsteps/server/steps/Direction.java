package dev.workflowsteps.server.steps;

/** Which way a scan walks the list order. */
public enum Direction {
  ASCENDING,
  DESCENDING;

  public Direction reversed() {
    return this == ASCENDING ? DESCENDING : ASCENDING;
  }
}
