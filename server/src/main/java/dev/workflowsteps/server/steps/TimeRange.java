package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.text.DateBound;
import java.util.Optional;

/**
 * The steps whose time, of those that a list may be sorted by, is in a range. A step without the
 * time is in none.
 *
 * @param from microseconds since 1970, inclusive
 * @param to microseconds since 1970, exclusive
 */
public record TimeRange(long from, long to) {

  /** Before every time. */
  public static final long BEGINNING = Long.MIN_VALUE;

  /** After every time, and so the exclusive end of a range without one. */
  public static final long END = StepPosition.NO_TIME;

  /** The range between two bounds that people write; empty if there is neither. */
  public static Optional<TimeRange> between(Optional<DateBound> from, Optional<DateBound> to) {
    if (from.isEmpty() && to.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TimeRange(
            from.map(DateBound::begin).orElse(BEGINNING), to.map(DateBound::end).orElse(END)));
  }

  /** Whether no time is in it. */
  public boolean isEmpty() {
    return from >= to;
  }
}
