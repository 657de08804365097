package dev.workflowsteps.adapter.json;

import dev.workflowsteps.contract.TimestampRange;

/**
 * Prints an instant as RFC 3339 in UTC, with the fewest of 0, 3, 6 or 9 decimals that lose nothing.
 */
final class TimestampText {

  private static final int SECONDS_PER_DAY = 86_400;
  private static final int MAX_LENGTH = "\"9999-12-31T23:59:59.999999999Z\"".length();

  // Days are counted from 0000-03-01, so that a leap day is the last of its year.
  private static final int DAYS_TO_1970 = 719_468;
  private static final int DAYS_PER_ERA = 146_097; // 400 years

  /**
   * @throws MalformedMessageException outside of the years 1 to 9999, or with nanoseconds of a
   *     second or more
   */
  static void print(long seconds, int nanos, JsonOutput out) {
    if (!TimestampRange.contains(seconds, nanos)) {
      throw new MalformedMessageException(
          "timestamp with seconds "
              + seconds
              + " and nanos "
              + nanos
              + " (expected: "
              + TimestampRange.MIN_SECONDS
              + ".."
              + TimestampRange.MAX_SECONDS
              + " and 0..999999999)");
    }
    out.ensure(MAX_LENGTH);
    append('"', out);
    date((int) Math.floorDiv(seconds, SECONDS_PER_DAY), out);
    append('T', out);
    time(Math.floorMod(seconds, SECONDS_PER_DAY), out);
    fraction(nanos, out);
    append('Z', out);
    append('"', out);
  }

  private static void date(int daysSince1970, JsonOutput out) {
    int days = daysSince1970 + DAYS_TO_1970;
    int era = days / DAYS_PER_ERA;
    int dayOfEra = days % DAYS_PER_ERA;
    int yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / (DAYS_PER_ERA - 1)) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int monthFromMarch = (5 * dayOfYear + 2) / 153;
    int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    int year = 400 * era + yearOfEra + (month <= 2 ? 1 : 0);
    digits(year, 4, out);
    append('-', out);
    digits(month, 2, out);
    append('-', out);
    digits(day, 2, out);
  }

  private static void time(int secondOfDay, JsonOutput out) {
    digits(secondOfDay / 3_600, 2, out);
    append(':', out);
    digits(secondOfDay / 60 % 60, 2, out);
    append(':', out);
    digits(secondOfDay % 60, 2, out);
  }

  private static void fraction(int nanos, JsonOutput out) {
    if (nanos == 0) {
      return;
    }
    append('.', out);
    if (nanos % 1_000_000 == 0) {
      digits(nanos / 1_000_000, 3, out);
    } else if (nanos % 1_000 == 0) {
      digits(nanos / 1_000, 6, out);
    } else {
      digits(nanos, 9, out);
    }
  }

  private static void digits(int value, int count, JsonOutput out) {
    int left = value;
    for (int i = out.position + count - 1; i >= out.position; i--) {
      out.array[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    out.position += count;
  }

  private static void append(char c, JsonOutput out) {
    out.array[out.position++] = (byte) c;
  }

  private TimestampText() {}
}
