package dev.workflowsteps.server.listing;

import java.util.Comparator;

/** A direction in which a list is read, or the order of a list. */
public enum Direction {
  ASCENDING,
  DESCENDING;

  /** The order in which positions are met when a list is read in this direction. */
  public <P extends Comparable<P>> Comparator<P> comparator() {
    return this == ASCENDING ? Comparator.naturalOrder() : Comparator.reverseOrder();
  }

  public Direction reversed() {
    return this == ASCENDING ? DESCENDING : ASCENDING;
  }
}
