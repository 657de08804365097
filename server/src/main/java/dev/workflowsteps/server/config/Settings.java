package dev.workflowsteps.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of a process, each read by its definition: {@code settings.get(Setting.REST_PORT)}.
 * Immutable, and valid once loaded. What a setting means, its bounds and its default stand in
 * {@link Setting} alone.
 */
public final class Settings {

  private final Map<Setting<?>, RawValue> given;

  /**
   * @param given what the sources say, without the defaults
   * @throws StartupException with {@code CONFIGURATION} at the first value that is not as expected
   */
  Settings(Map<Setting<?>, RawValue> given) {
    this.given = Map.copyOf(given);
    Setting.ALL.forEach(this::find);
  }

  /**
   * Reads all sources.
   *
   * @param flags by name without the dashes, for example {@code rest-port}; {@code config} names
   *     the file
   * @param environment every variable of the process; the ones that start with {@code WFS_} must
   *     all be known
   * @throws StartupException with {@code CONFIGURATION} at the first unknown setting, bad value or
   *     unreadable file
   */
  public static Settings load(Map<String, String> flags, Map<String, String> environment) {
    return new SettingsLoader(flags, environment).load();
  }

  /** The value of a setting that has a default. */
  public <T> T get(Setting<T> setting) {
    return find(setting).orElseThrow();
  }

  /** The value of any setting; empty if no source gives it and it has no default. */
  public <T> Optional<T> find(Setting<T> setting) {
    return raw(setting).map(value -> value.read(setting));
  }

  /** The value as it may be printed, passwords hidden; empty if there is none. */
  public Optional<String> shown(Setting<?> setting) {
    return raw(setting).map(value -> value.shown(setting));
  }

  /** Where the value comes from. */
  public Origin origin(Setting<?> setting) {
    return raw(setting).map(RawValue::origin).orElse(Origin.DEFAULT);
  }

  /** The external database with its login; empty = the embedded one. */
  public Optional<DatabaseUrl> database() {
    return find(Setting.DATABASE_URL)
        .map(
            url ->
                new DatabaseUrl(
                    url.jdbcUrl(),
                    find(Setting.DATABASE_USER).or(url::user),
                    find(Setting.DATABASE_PASSWORD).or(url::password)));
  }

  /** The external database with the login that migrates it; empty = the embedded one. */
  public Optional<DatabaseUrl> migrationDatabase() {
    return find(Setting.MIGRATION_DATABASE_URL).or(this::database);
  }

  @Override
  public String toString() {
    return Setting.ALL.stream()
        .map(setting -> setting + "=" + shown(setting).orElse(""))
        .collect(Collectors.joining(", "));
  }

  private Optional<RawValue> raw(Setting<?> setting) {
    return Optional.ofNullable(given.get(setting))
        .or(() -> setting.defaultText().map(text -> new RawValue(text, Origin.DEFAULT)));
  }
}
