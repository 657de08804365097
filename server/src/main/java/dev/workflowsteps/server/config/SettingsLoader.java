package dev.workflowsteps.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Merges the sources of settings. Flags override the environment, which overrides the file. */
final class SettingsLoader {

  private static final String CONFIG_FLAG = "config";

  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Map<Setting<?>, RawValue> given = new HashMap<>();

  SettingsLoader(Map<String, String> flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  Settings load() {
    rejectUnknownFlags();
    configFile().map(SettingsFile::read).ifPresent(given::putAll);
    given.putAll(EnvironmentVariables.read(environment));
    given.putAll(fromFlags());
    Settings settings = new Settings(given);
    rejectLoginWithoutDatabase();
    return settings;
  }

  private void rejectUnknownFlags() {
    List<String> known = Setting.ALL.stream().map(Setting::name).toList();
    for (String flag : flags.keySet()) {
      if (!flag.equals(CONFIG_FLAG) && !known.contains(flag)) {
        throw UnknownSetting.failure(flag, known, "a flag");
      }
    }
  }

  private Optional<String> configFile() {
    return Optional.ofNullable(flags.get(CONFIG_FLAG))
        .or(() -> Optional.ofNullable(environment.get(EnvironmentVariables.CONFIG)));
  }

  private Map<Setting<?>, RawValue> fromFlags() {
    Map<Setting<?>, RawValue> values = new HashMap<>();
    for (Setting<?> setting : Setting.ALL) {
      String text = flags.get(setting.name());
      if (text != null) {
        values.put(setting, new RawValue(text, Origin.flag(setting)));
      }
    }
    return values;
  }

  /** A login that nothing uses means that the database it is for was forgotten. */
  private void rejectLoginWithoutDatabase() {
    if (given.containsKey(Setting.DATABASE_URL)) {
      return;
    }
    for (Setting<?> login :
        List.of(Setting.DATABASE_USER, Setting.DATABASE_PASSWORD, Setting.MIGRATION_DATABASE_URL)) {
      RawValue value = given.get(login);
      if (value != null) {
        throw new StartupException(
            ExitCode.CONFIGURATION,
            login
                + ": given without database-url (from "
                + value.origin()
                + "); give both or neither");
      }
    }
  }
}
