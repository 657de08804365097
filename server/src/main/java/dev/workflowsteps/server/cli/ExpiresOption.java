package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.DurationText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --expires}. */
final class ExpiresOption {

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      converter = Converter.class,
      description =
          "When the key expires: after a duration like 90d or 12h, or at a time like"
              + " 2027-01-31T00:00:00Z. Default: never.")
  private End end;

  /** The instant, if one was given. */
  Optional<Instant> at(Instant now) {
    return Optional.ofNullable(end).map(e -> e.at(now));
  }

  /** An end that may depend on when the command runs. */
  private interface End {
    Instant at(Instant now);
  }

  /** Reads both forms. */
  static final class Converter implements ITypeConverter<End> {
    @Override
    public End convert(String text) {
      return DurationText.parse(text)
          .<End>map(duration -> now -> now.plus(duration))
          .orElseGet(() -> instant(text));
    }

    private static End instant(String text) {
      try {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        return now -> instant;
      } catch (DateTimeException notAnInstant) {
        throw new TypeConversionException(
            text + " (expected: " + DurationText.FORM + ", or an instant of RFC 3339)");
      }
    }
  }
}
