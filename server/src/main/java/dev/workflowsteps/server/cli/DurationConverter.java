package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations in flags. */
final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    return DurationText.parse(text)
        .orElseThrow(
            () -> new TypeConversionException(text + " (expected: " + DurationText.FORM + ")"));
  }
}
