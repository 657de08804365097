package dev.workflowsteps.server.text;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One end of a range of times, as a person writes it: a time, or a whole day in UTC, of the years
 * that {@link Rfc3339} reads.
 *
 * @param begin microseconds since 1970 of the time, or of the day's first
 * @param end of the time, or of the next day's first
 */
public record DateBound(long begin, long end) {

  private static final String EXPECTED =
      "a date like 2026-11-01, which is that day in UTC, or " + Rfc3339.EXPECTED;

  private static final String MIDNIGHT = "T00:00:00Z";

  /** The bound that a text is; empty if it is none. */
  public static Optional<DateBound> parse(String text) {
    return Rfc3339.parse(text)
        .map(time -> between(time, time))
        .or(
            () ->
                Rfc3339.parse(text + MIDNIGHT)
                    .map(day -> between(day, day.plus(Duration.ofDays(1)))));
  }

  /** What was expected instead of a text that is no bound. */
  public static String expected(String text) {
    // A query reads a plus that is not encoded as a space.
    return Rfc3339.parse(text.replace(' ', '+')).isPresent()
        ? "a plus before the offset; in a query, write it as %2B"
        : EXPECTED;
  }

  private static DateBound between(Instant begin, Instant end) {
    return new DateBound(microseconds(begin), microseconds(end));
  }

  private static long microseconds(Instant time) {
    // ChronoUnit.MICROS.between overflows 292 years from 1970 on.
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }
}
