package dev.workflowsteps.server.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Times as RFC 3339 writes them. */
public final class Rfc3339 {

  public static final String EXPECTED =
      "an RFC 3339 time with Z or an offset, in whole microseconds, without a leap second";

  private static final String FORM = "0000-00-00T00:00:00";
  private static final int LONGEST_FRACTION = 6;
  private static final int NO_OFFSET = Integer.MIN_VALUE;

  /**
   * The instant that a text names; empty if it names none, or one between two microseconds. Zeros
   * behind the sixth decimal say nothing and pass.
   */
  public static Optional<Instant> parse(String text) {
    if (text.length() < 20 || !hasForm(text)) {
      return Optional.empty();
    }
    int nanos = 0;
    int at = 19;
    if (text.charAt(at) == '.') {
      int from = ++at;
      int unit = 100_000_000;
      while (at < text.length() && isDigit(text, at)) {
        int digit = text.charAt(at) - '0';
        if (digit != 0 && at - from >= LONGEST_FRACTION) {
          return Optional.empty();
        }
        nanos += digit * unit;
        unit /= 10;
        at++;
      }
      if (at == from) {
        return Optional.empty();
      }
    }
    int offset = offsetSeconds(text, at);
    if (offset == NO_OFFSET) {
      return Optional.empty();
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              100 * pair(text, 0) + pair(text, 2),
              pair(text, 5),
              pair(text, 8),
              pair(text, 11),
              pair(text, 14),
              pair(text, 17));
      return Optional.of(
          Instant.ofEpochSecond(local.toEpochSecond(ZoneOffset.UTC) - offset, nanos));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether a text begins like {@code 2026-03-12T09:00:00}. */
  private static boolean hasForm(String text) {
    for (int i = 0; i < FORM.length(); i++) {
      char wanted = FORM.charAt(i);
      boolean fits =
          switch (wanted) {
            case '0' -> isDigit(text, i);
            case 'T' -> text.charAt(i) == 'T' || text.charAt(i) == 't';
            default -> text.charAt(i) == wanted;
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** The offset that the text from there on is; {@link #NO_OFFSET} if it is none. */
  private static int offsetSeconds(String text, int at) {
    int length = text.length() - at;
    char sign = length > 0 ? text.charAt(at) : 0;
    if (length == 1 && (sign == 'Z' || sign == 'z')) {
      return 0;
    }
    boolean hasForm =
        length == 6
            && (sign == '+' || sign == '-')
            && isDigit(text, at + 1)
            && isDigit(text, at + 2)
            && text.charAt(at + 3) == ':'
            && isDigit(text, at + 4)
            && isDigit(text, at + 5);
    if (!hasForm || pair(text, at + 1) > 23 || pair(text, at + 4) > 59) {
      return NO_OFFSET;
    }
    int seconds = 60 * (60 * pair(text, at + 1) + pair(text, at + 4));
    return sign == '-' ? -seconds : seconds;
  }

  private static boolean isDigit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** The number that two digits are. */
  private static int pair(String text, int at) {
    return 10 * (text.charAt(at) - '0') + text.charAt(at + 1) - '0';
  }

  private Rfc3339() {}
}
