package dev.workflowsteps.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/** Reads settings from a {@code .properties} file in UTF-8. */
final class SettingsFile {

  /** What the file gives. Every key must be the name of a setting. */
  static Map<Setting<?>, RawValue> read(String file) {
    Properties properties = load(file);
    List<String> known = Setting.ALL.stream().map(Setting::name).toList();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (!known.contains(key)) {
        throw UnknownSetting.failure(key, known, "in the file " + file);
      }
    }
    Map<Setting<?>, RawValue> given = new HashMap<>();
    for (Setting<?> setting : Setting.ALL) {
      String text = properties.getProperty(setting.name());
      if (text != null) {
        // A trailing blank is part of a value to java.util.Properties, and a mistake to everyone
        // else.
        given.put(setting, new RawValue(text.strip(), Origin.file(file)));
      }
    }
    return given;
  }

  private static Properties load(String file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
      return properties;
    } catch (IOException | IllegalArgumentException e) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "config: "
              + file
              + " can't be read ("
              + e
              + "); name a readable UTF-8 file with lines like rest-port=8080",
          e);
    }
  }

  private SettingsFile() {}
}
