package dev.workflowsteps.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads settings from environment variables. */
final class EnvironmentVariables {

  static final String PREFIX = "WFS_";

  /** Names the file of settings; belongs to no setting. */
  static final String CONFIG = PREFIX + "CONFIG";

  /** What the variables give. Every variable with the prefix must be known. */
  static Map<Setting<?>, RawValue> read(Map<String, String> environment) {
    refuseUnknown(environment);
    Map<Setting<?>, RawValue> given = new HashMap<>();
    for (Setting<?> setting : Setting.ALL) {
      String text = environment.get(setting.variable());
      if (text != null) {
        given.put(setting, new RawValue(text, Origin.environment(setting.variable())));
      }
      setting
          .fileVariable()
          .filter(environment::containsKey)
          .ifPresent(
              variable ->
                  given.merge(
                      setting, fromFile(variable, environment), EnvironmentVariables::both));
    }
    return given;
  }

  private static void refuseUnknown(Map<String, String> environment) {
    List<String> known = new ArrayList<>(List.of(CONFIG));
    for (Setting<?> setting : Setting.ALL) {
      known.add(setting.variable());
      setting.fileVariable().ifPresent(known::add);
    }
    // Sorted, so that the same environment always gives the same complaint.
    for (String variable : new TreeMap<>(environment).keySet()) {
      if (variable.startsWith(PREFIX) && !known.contains(variable)) {
        throw UnknownSetting.failure(
            variable,
            known,
            "a variable of the environment; those that start with WFS_ are settings");
      }
    }
  }

  private static RawValue fromFile(String variable, Map<String, String> environment) {
    String file = environment.get(variable);
    try {
      // Editors and secret stores end a file with a line feed that isn't part of the secret.
      String text = Files.readString(Path.of(file)).replaceFirst("\\R\\z", "");
      return new RawValue(text, Origin.environment(variable));
    } catch (IOException | InvalidPathException e) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          variable + ": " + file + " can't be read (" + e + "); name a readable UTF-8 file",
          e);
    }
  }

  private static RawValue both(RawValue direct, RawValue fromFile) {
    throw new StartupException(
        ExitCode.CONFIGURATION,
        "both "
            + direct.origin().text()
            + " and "
            + fromFile.origin().text()
            + " are given (expected: one of them)");
  }

  private EnvironmentVariables() {}
}
