package dev.workflowsteps.contract;

import java.time.Instant;

/** The times that RFC 3339 and {@code google.protobuf.Timestamp} can express: years 1 to 9999. */
public final class TimestampRange {

  /** The first instant. */
  public static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");

  /** The last instant in whole microseconds, the precision of every stored time. */
  public static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999Z");

  /** The seconds since 1970 of {@link #MIN}. */
  public static final long MIN_SECONDS = MIN.getEpochSecond();

  /** The seconds since 1970 of {@link #MAX}. */
  public static final long MAX_SECONDS = MAX.getEpochSecond();

  /** The most nanoseconds within a second. */
  public static final int MAX_NANOS = 999_999_999;

  /** Whether a time is in the range. */
  public static boolean contains(Instant time) {
    return !time.isBefore(MIN) && !time.isAfter(MAX);
  }

  /** Whether the two numbers of a {@code Timestamp} are a time in the range. */
  public static boolean contains(long seconds, int nanos) {
    return seconds >= MIN_SECONDS && seconds <= MAX_SECONDS && nanos >= 0 && nanos <= MAX_NANOS;
  }

  private TimestampRange() {}
}
