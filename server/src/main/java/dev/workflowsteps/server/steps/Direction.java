package dev.workflowsteps.server.steps;

import java.util.Comparator;

/** Which way a scan walks the list order. */
public enum Direction {
  ASCENDING,
  DESCENDING;

  /** The order in which a scan meets rows. */
  public Comparator<StepPosition> comparator() {
    return this == ASCENDING ? Comparator.naturalOrder() : Comparator.reverseOrder();
  }

  public Direction reversed() {
    return this == ASCENDING ? DESCENDING : ASCENDING;
  }
}
