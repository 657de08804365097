package dev.workflowsteps.server.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as RFC 3339 writes them. */
public final class Rfc3339 {

  public static final String EXPECTED =
      "an RFC 3339 time with Z or an offset, in whole microseconds, without a leap second";

  /** The first instant with a year of four digits, and of {@code google.protobuf.Timestamp}. */
  public static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  /** The last whole microsecond with a year of four digits. */
  public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\\.([0-9]{1,6})0*)?"
              + "(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))");

  /**
   * The instant that a text names; empty if it names none, or one between two microseconds. Zeros
   * behind the sixth decimal say nothing and pass.
   */
  public static Optional<Instant> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      LocalDateTime local = LocalDateTime.parse(form.group(1) + 'T' + form.group(2));
      long offset = offsetSeconds(form);
      return Optional.of(
          local.minusSeconds(offset).plusNanos(nanos(form.group(3))).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static long nanos(String decimals) {
    return decimals == null ? 0 : Long.parseLong((decimals + "00000000").substring(0, 9));
  }

  private static long offsetSeconds(Matcher form) {
    if (form.group(4) == null) {
      return 0;
    }
    int hours = Integer.parseInt(form.group(5));
    int minutes = Integer.parseInt(form.group(6));
    if (hours > 23 || minutes > 59) {
      throw new DateTimeException("offset");
    }
    return (form.group(4).equals("-") ? -60L : 60L) * (hours * 60L + minutes);
  }

  private Rfc3339() {}
}
