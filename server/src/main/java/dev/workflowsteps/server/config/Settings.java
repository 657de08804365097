package dev.workflowsteps.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of a process, each read by its definition: {@code settings.get(Setting.REST_PORT)}.
 * Immutable and valid.
 */
public final class Settings {

  /** Database connections for writing. */
  public static final int WRITE_CONNECTIONS = 4;

  /** Database connections for looking up keys, and for readiness. */
  public static final int KEY_CONNECTIONS = 2;

  private static final String DEFAULT = "default";

  private final Map<Setting<?>, Value> given;

  /**
   * @param given what the sources give, without the defaults; none has a {@link Value#problem}
   */
  Settings(Map<Setting<?>, Value> given) {
    this.given = Map.copyOf(given);
  }

  /**
   * Reads all sources.
   *
   * @param flags by name without the dashes, for example {@code rest-port}; {@code config} names
   *     the file
   * @param environment every variable of the process; the ones that start with {@code WFS_} must
   *     all be known
   * @throws StartupException with {@code CONFIGURATION} if there is an unknown setting, a bad value
   *     or an unreadable file; it names all of them
   */
  public static Settings load(Map<String, String> flags, Map<String, String> environment) {
    return check(flags, environment).orThrow();
  }

  /** As {@link #load}, for somebody who goes on with what is valid. */
  public static CheckedSettings check(Map<String, String> flags, Map<String, String> environment) {
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

  /** Where the value comes from, for example {@code environment WFS_REST_PORT}. */
  public String origin(Setting<?> setting) {
    return raw(setting).map(Value::origin).orElse(DEFAULT);
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

  private Optional<Value> raw(Setting<?> setting) {
    return Optional.ofNullable(given.get(setting))
        .or(() -> setting.defaultText().map(text -> new Value(text, DEFAULT)));
  }

  /**
   * The text that a source gives for a setting.
   *
   * @param origin names the source; fits behind "from"
   */
  record Value(String text, String origin) {

    private <T> T read(Setting<T> setting) {
      return setting.parse(text).orElseThrow();
    }

    /** The text as given, but for secrets. */
    private String shown(Setting<?> setting) {
      return setting.holdsSecret() ? read(setting).toString() : text;
    }

    /** Why the text is not as expected; empty = it is. */
    Optional<String> problem(Setting<?> setting) {
      if (setting.parse(text).isPresent()) {
        return Optional.empty();
      }
      // What can't be read as a URL may still hold a password somewhere.
      String shown =
          text.isBlank() ? "\"" + text + "\"" : setting.holdsSecret() ? Secret.HIDDEN : text;
      return Optional.of(
          "%s: %s (expected: %s; from %s)".formatted(setting, shown, setting.expected(), origin));
    }
  }
}
