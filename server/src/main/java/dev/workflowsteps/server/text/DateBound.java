package dev.workflowsteps.server.text;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One end of a range of times, as a person writes it: a time, or a whole day.
 *
 * @param first microseconds since 1970 of the time, or of the day's begin
 * @param behindLast of the time, or of the next day's begin
 */
public record DateBound(long first, long behindLast) {

  private static final String EXPECTED =
      "a date like 2026-11-01, which is that day in UTC, or " + Rfc3339.EXPECTED;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT);

  private static final Pattern DATE_FORM = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  /** What a query makes of a plus that is not encoded. */
  private static final Pattern LOST_PLUS = Pattern.compile(".* [0-9]{2}:[0-9]{2}");

  /** The bound that a text is; empty if it is none. */
  public static Optional<DateBound> parse(String text) {
    if (DATE_FORM.matcher(text).matches()) {
      try {
        Instant begin = LocalDate.parse(text, DATE).atStartOfDay(ZoneOffset.UTC).toInstant();
        return begin.isBefore(Rfc3339.EARLIEST)
            ? Optional.empty()
            : Optional.of(
                new DateBound(microseconds(begin), microseconds(begin.plus(Duration.ofDays(1)))));
      } catch (DateTimeParseException noDay) {
        return Optional.empty();
      }
    }
    return Rfc3339.parse(text).map(DateBound::microseconds).map(time -> new DateBound(time, time));
  }

  /** What was expected instead of a text that is no bound. */
  public static String expected(String text) {
    return LOST_PLUS.matcher(text).matches()
        ? "a plus before the offset, which a query writes as %2B"
        : EXPECTED;
  }

  private static long microseconds(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
