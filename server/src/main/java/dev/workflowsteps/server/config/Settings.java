package dev.workflowsteps.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that can be set about a server, a REST adapter and the commands beside them. Immutable, and
 * valid once loaded. Each is given, later ones winning, by a default, the {@code .properties} file,
 * the environment ({@code WFS_…}) and a flag.
 *
 * @param dataDir where the embedded database keeps its data; absent = the user's or the system's
 *     usual place; unused with {@code databaseUrl}
 * @param databaseUrl a PostgreSQL to use; absent = the embedded one
 * @param databaseUser its user; wins over the one in {@code databaseUrl}; only together with it
 * @param databasePassword that user's password; wins over the one in {@code databaseUrl}; only
 *     together with it
 * @param migrationDatabaseUrl the same database as a user who may change its schema; absent = as
 *     {@code databaseUrl}; only together with it
 * @param databasePoolSize connections for reading, 1..500, default 10
 * @param restHost a name or an address that REST listens on, default 127.0.0.1
 * @param restPort 0..65535, 0 = any free one, default 8080
 * @param corsOrigins the origins whose pages may read REST's answers, or {@code *} alone; absent =
 *     none
 * @param grpcHost a name or an address that gRPC listens on, default 127.0.0.1
 * @param grpcPort 0..65535, 0 = any free one, default 50051
 * @param adminHost a name or an address that metrics and health listen on, default 127.0.0.1
 * @param adminPort 0..65535, 0 = any free one, default 9464
 * @param upstream the gRPC server behind {@code serve-rest}; absent = none, which only {@code
 *     serve-rest} minds
 * @param pageBytes the budget of a page's encoding in bytes, 65,536..67,108,864, default 3,670,016
 *     (3.5 MiB: below the 4 MiB at which a gRPC client refuses a message by default)
 * @param callTimeout the cap on every call's deadline, 100 ms..10 min, default 30 s
 * @param requestTimeout how long the REST adapter waits for an answer, 100 ms..10 min, default 10 s
 * @param drainDelay between unready and closed ports, 0..10 min, default 5 s; skipped when Ctrl-C
 *     on a terminal stops the process
 * @param drainTimeout for running calls to end, 0..10 min, default 25 s; with the delay it fits the
 *     30 s that Kubernetes grants
 * @param logFormat default plain
 * @param logLevel default info
 */
public record Settings(
    Optional<Path> dataDir,
    Optional<DatabaseUrl> databaseUrl,
    Optional<String> databaseUser,
    Optional<Secret> databasePassword,
    Optional<DatabaseUrl> migrationDatabaseUrl,
    int databasePoolSize,
    String restHost,
    int restPort,
    Optional<List<String>> corsOrigins,
    String grpcHost,
    int grpcPort,
    String adminHost,
    int adminPort,
    Optional<HostPort> upstream,
    int pageBytes,
    Duration callTimeout,
    Duration requestTimeout,
    Duration drainDelay,
    Duration drainTimeout,
    LogFormat logFormat,
    LogLevel logLevel) {

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
  public static LoadedSettings load(Map<String, String> flags, Map<String, String> environment) {
    return new SettingsLoader(flags, environment).load();
  }

  /**
   * The external database with its login, as serve and the commands use it; empty = the embedded
   * one.
   */
  public Optional<DatabaseUrl> database() {
    return databaseUrl.map(
        url ->
            new DatabaseUrl(
                url.jdbcUrl(), databaseUser.or(url::user), databasePassword.or(url::password)));
  }

  /** The external database with the login that migrates it; empty = the embedded one. */
  public Optional<DatabaseUrl> migrationDatabase() {
    return migrationDatabaseUrl.or(this::database);
  }

  static Settings of(Values values) {
    return new Settings(
        values.find(Setting.DATA_DIR),
        values.find(Setting.DATABASE_URL),
        values.find(Setting.DATABASE_USER),
        values.find(Setting.DATABASE_PASSWORD),
        values.find(Setting.MIGRATION_DATABASE_URL),
        values.get(Setting.DATABASE_POOL_SIZE),
        values.get(Setting.REST_HOST),
        values.get(Setting.REST_PORT),
        values.find(Setting.CORS_ORIGINS),
        values.get(Setting.GRPC_HOST),
        values.get(Setting.GRPC_PORT),
        values.get(Setting.ADMIN_HOST),
        values.get(Setting.ADMIN_PORT),
        values.find(Setting.UPSTREAM),
        values.get(Setting.PAGE_BYTES),
        values.get(Setting.CALL_TIMEOUT),
        values.get(Setting.REQUEST_TIMEOUT),
        values.get(Setting.DRAIN_DELAY),
        values.get(Setting.DRAIN_TIMEOUT),
        values.get(Setting.LOG_FORMAT),
        values.get(Setting.LOG_LEVEL));
  }

  /** The value of a setting, by its definition. */
  interface Values {

    /** Empty if no source gives it and it has no default. */
    <T> Optional<T> find(Setting<T> setting);

    /** That of a setting with a default. */
    default <T> T get(Setting<T> setting) {
      return find(setting).orElseThrow();
    }
  }
}
