package dev.workflowsteps.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings the sources together, the later ones winning: defaults, file, environment, flags. */
final class SettingsLoader {

  private static final String CONFIG_FLAG = "config";

  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Map<Setting<?>, GivenValue> given = new HashMap<>();

  SettingsLoader(Map<String, String> flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  LoadedSettings load() {
    refuseUnknownFlags();
    configFile().map(SettingsFile::read).ifPresent(given::putAll);
    given.putAll(Environments.read(environment));
    given.putAll(fromFlags());

    List<LoadedSettings.Effective> effective = Setting.ALL.stream().map(this::effective).toList();
    refuseLoginWithoutDatabase();
    return new LoadedSettings(Settings.of(new Read()), effective);
  }

  private void refuseUnknownFlags() {
    List<String> known = Setting.ALL.stream().map(Setting::name).toList();
    for (String flag : flags.keySet()) {
      if (!flag.equals(CONFIG_FLAG) && !known.contains(flag)) {
        throw UnknownSetting.failure(flag, known, "a flag");
      }
    }
  }

  private Optional<String> configFile() {
    return Optional.ofNullable(flags.get(CONFIG_FLAG))
        .or(() -> Optional.ofNullable(environment.get(Environments.CONFIG)));
  }

  private Map<Setting<?>, GivenValue> fromFlags() {
    Map<Setting<?>, GivenValue> values = new HashMap<>();
    for (Setting<?> setting : Setting.ALL) {
      String text = flags.get(setting.name());
      if (text != null) {
        values.put(setting, new GivenValue(text, Origin.flag(setting)));
      }
    }
    return values;
  }

  private LoadedSettings.Effective effective(Setting<?> setting) {
    Optional<GivenValue> value = value(setting);
    value.ifPresent(v -> v.read(setting));
    return new LoadedSettings.Effective(
        setting,
        value.map(v -> v.shown(setting)).orElse(""),
        value.map(GivenValue::origin).orElse(Origin.DEFAULT));
  }

  /** A login that nothing uses means that the database it is for was forgotten. */
  private void refuseLoginWithoutDatabase() {
    if (given.containsKey(Setting.DATABASE_URL)) {
      return;
    }
    for (Setting<?> login :
        List.of(Setting.DATABASE_USER, Setting.DATABASE_PASSWORD, Setting.MIGRATION_DATABASE_URL)) {
      value(login)
          .ifPresent(
              v -> {
                throw new StartupException(
                    ExitCode.CONFIGURATION,
                    login
                        + ": given without database-url (from "
                        + v.origin()
                        + "); give both or neither");
              });
    }
  }

  private Optional<GivenValue> value(Setting<?> setting) {
    return Optional.ofNullable(given.get(setting))
        .or(() -> setting.defaultText().map(text -> new GivenValue(text, Origin.DEFAULT)));
  }

  private final class Read implements Settings.Values {
    @Override
    public <T> Optional<T> find(Setting<T> setting) {
      return value(setting).map(v -> v.read(setting));
    }
  }
}
