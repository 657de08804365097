package dev.workflowsteps.server.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings that are valid, and what is wrong with the others.
 *
 * @param settings without those that are not valid: they count as not given
 * @param faulty the settings that are not as their sources say; all of them, if the file can't be
 *     read
 * @param problems a sentence each, with the remedy and without secrets; empty = all are valid
 */
public record CheckedSettings(Settings settings, Set<Setting<?>> faulty, List<String> problems) {

  /** With one more problem, with this setting. */
  public CheckedSettings plus(Setting<?> setting, String problem) {
    return new CheckedSettings(
        settings,
        Stream.concat(faulty.stream(), Stream.of(setting)).collect(Collectors.toUnmodifiableSet()),
        Stream.concat(problems.stream(), Stream.of(problem)).toList());
  }

  /** Whether all of these settings are as their sources say. */
  public boolean areSound(Setting<?>... used) {
    return Stream.of(used).noneMatch(faulty::contains);
  }

  /**
   * The settings, if all are valid.
   *
   * @throws StartupException with {@code CONFIGURATION} and a line for each problem, if not
   */
  public Settings orThrow() {
    if (problems.isEmpty()) {
      return settings;
    }
    throw new StartupException(
        ExitCode.CONFIGURATION, String.join(System.lineSeparator(), problems));
  }
}
