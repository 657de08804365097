package dev.workflowsteps.server.steps;

/**
 * The steps whose time, of those that a list may be sorted by, is in a range. A step without the
 * time is in none.
 *
 * @param from microseconds since 1970, inclusive
 * @param to microseconds since 1970, exclusive; more than {@code from}
 */
public record TimeRange(long from, long to) {

  /** Before every time. */
  public static final long BEGINNING = Long.MIN_VALUE;

  /** After every time, and so the exclusive end of a range without one. */
  public static final long END = StepPosition.NO_TIME;

  public boolean contains(long time) {
    return from <= time && time < to;
  }
}
