package dev.workflowsteps.server.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and one of the units ms, s, m, h, d. */
public final class DurationText {

  /** The form, for error texts. */
  public static final String FORM = "a number with ms, s, m, h or d";

  private static final Pattern PATTERN = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  /**
   * Reads {@code 500ms}, {@code 10s}, {@code 90d}; empty if it is anything else. A day is 24 hours.
   */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2))));
  }

  private DurationText() {}
}
