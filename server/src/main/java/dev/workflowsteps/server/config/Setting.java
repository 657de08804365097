package dev.workflowsteps.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The definition of one setting. The list of all of them is the one source of the flags, the
 * environment variables, the keys of the file, what {@code config} prints and the table in the
 * README.
 *
 * @param <T> what its text is read as
 */
public final class Setting<T> {

  public static final Setting<Path> DATA_DIR =
      optional(
          "data-dir",
          ValueType.DIRECTORY,
          "Where the embedded database keeps its data. Default: workflow-steps in the user's XDG"
              + " data folder; as root /var/lib/workflow-steps.");
  public static final Setting<DatabaseUrl> DATABASE_URL =
      optional(
          "database-url",
          ValueType.DATABASE_URL,
          "A PostgreSQL 15 to 18 to use instead of the embedded one.");
  public static final Setting<String> DATABASE_USER =
      optional(
          "database-user",
          ValueType.TEXT,
          "The user of the external database, if database-url doesn't name it.");
  public static final Setting<Secret> DATABASE_PASSWORD =
      optional(
          "database-password",
          ValueType.SECRET,
          "That user's password. A flag is visible to other users of the machine; a file named by"
              + " the _FILE variable is not.");
  public static final Setting<DatabaseUrl> MIGRATION_DATABASE_URL =
      optional(
          "migration-database-url",
          ValueType.DATABASE_URL,
          "The same database with a user who may change its schema, for migrate; not through a"
              + " connection pooler. Default: database-url.");
  public static final Setting<Integer> DATABASE_POOL_SIZE =
      setting(
          "database-pool-size",
          ValueType.integer(1, 500),
          "10",
          "The maximum number of database connections for reading.");
  public static final Setting<String> REST_HOST =
      setting(
          "rest-host",
          ValueType.HOST,
          "127.0.0.1",
          "Where REST listens; 0.0.0.0 is all interfaces.");
  public static final Setting<Integer> REST_PORT =
      setting(
          "rest-port", ValueType.integer(0, 65535), "8080", "The port of REST; 0 is any free one.");
  public static final Setting<List<String>> CORS_ORIGINS =
      optional(
          "cors-origins",
          ValueType.ORIGINS,
          "Web origins that may read REST answers in a browser, for example"
              + " https://app.example.com,http://localhost:3000. Default: none.");
  public static final Setting<String> GRPC_HOST =
      setting(
          "grpc-host",
          ValueType.HOST,
          "127.0.0.1",
          "Where gRPC listens; 0.0.0.0 is all interfaces.");
  public static final Setting<Integer> GRPC_PORT =
      setting(
          "grpc-port",
          ValueType.integer(0, 65535),
          "50051",
          "The port of gRPC; 0 is any free one.");
  public static final Setting<String> ADMIN_HOST =
      setting(
          "admin-host",
          ValueType.HOST,
          "127.0.0.1",
          "Where the admin server (metrics, health) listens; it asks for no key.");
  public static final Setting<Integer> ADMIN_PORT =
      setting(
          "admin-port",
          ValueType.integer(0, 65535),
          "9464",
          "The port of the admin server; 0 is any free one.");
  public static final Setting<HostPort> UPSTREAM =
      optional(
          "upstream", ValueType.HOST_PORT, "The gRPC server that serve-rest passes requests to.");
  public static final Setting<Integer> PAGE_BYTES =
      setting(
          "page-bytes",
          ValueType.integer(65_536, 67_108_864),
          "3670016",
          "A page ends before its encoding passes this many bytes, but holds one row at least, of up"
              + " to 1 MiB (3 MiB for an artifact). A gRPC client's own limit is 4194304 unless it"
              + " raises it.");
  public static final Setting<Duration> CALL_TIMEOUT =
      setting(
          "call-timeout",
          ValueType.duration("100ms", "10m"),
          "30s",
          "The longest time for a gRPC call, whatever deadline the caller sets.");
  public static final Setting<Duration> REQUEST_TIMEOUT =
      setting(
          "request-timeout",
          ValueType.duration("100ms", "10m"),
          "10s",
          "The longest time that REST waits for the gRPC server.");
  public static final Setting<Duration> DRAIN_DELAY =
      setting(
          "drain-delay",
          ValueType.duration("0s", "10m"),
          "5s",
          "On a stop, how long to report not ready before closing the ports, so that load"
              + " balancers notice. Ctrl-C on a terminal skips it.");
  public static final Setting<Duration> DRAIN_TIMEOUT =
      setting(
          "drain-timeout",
          ValueType.duration("0s", "10m"),
          "25s",
          "How long running calls may take to end before they are cut off.");
  public static final Setting<LogFormat> LOG_FORMAT =
      setting("log-format", ValueType.choice(LogFormat.class), "plain", "The format of log lines.");
  public static final Setting<LogLevel> LOG_LEVEL =
      setting(
          "log-level",
          ValueType.choice(LogLevel.class),
          "info",
          "The least severe log lines to write.");

  /** Every setting, in the order in which they are listed. */
  public static final List<Setting<?>> ALL =
      List.of(
          DATA_DIR,
          DATABASE_URL,
          DATABASE_USER,
          DATABASE_PASSWORD,
          MIGRATION_DATABASE_URL,
          DATABASE_POOL_SIZE,
          REST_HOST,
          REST_PORT,
          CORS_ORIGINS,
          GRPC_HOST,
          GRPC_PORT,
          ADMIN_HOST,
          ADMIN_PORT,
          UPSTREAM,
          PAGE_BYTES,
          CALL_TIMEOUT,
          REQUEST_TIMEOUT,
          DRAIN_DELAY,
          DRAIN_TIMEOUT,
          LOG_FORMAT,
          LOG_LEVEL);

  /** What serve heeds: both transports, and the database behind them. */
  public static final List<Setting<?>> SERVE = without(ALL, MIGRATION_DATABASE_URL, UPSTREAM);

  /** What serve-grpc heeds: as serve, without REST. */
  public static final List<Setting<?>> SERVE_GRPC =
      without(SERVE, REST_HOST, REST_PORT, CORS_ORIGINS, REQUEST_TIMEOUT);

  /** What serve-rest heeds: it has no database. */
  public static final List<Setting<?>> SERVE_REST =
      List.of(
          UPSTREAM,
          REST_HOST,
          REST_PORT,
          CORS_ORIGINS,
          ADMIN_HOST,
          ADMIN_PORT,
          REQUEST_TIMEOUT,
          DRAIN_DELAY,
          DRAIN_TIMEOUT,
          LOG_FORMAT,
          LOG_LEVEL);

  /** What a command needs that only reaches the stored data. */
  public static final List<Setting<?>> STORAGE =
      List.of(DATA_DIR, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD);

  /** What a command needs that migrates the database. */
  public static final List<Setting<?>> MIGRATION =
      List.of(DATA_DIR, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD, MIGRATION_DATABASE_URL);

  private final String name;
  private final ValueType<T> type;
  private final Optional<String> defaultText;
  private final String description;

  private static <T> Setting<T> setting(
      String name, ValueType<T> type, String defaultText, String description) {
    return new Setting<>(name, type, Optional.of(defaultText), description);
  }

  private static <T> Setting<T> optional(String name, ValueType<T> type, String description) {
    return new Setting<>(name, type, Optional.empty(), description);
  }

  private Setting(
      String name, ValueType<T> type, Optional<String> defaultText, String description) {
    this.name = name;
    this.type = type;
    this.defaultText = defaultText;
    this.description = description;
  }

  private static List<Setting<?>> without(List<Setting<?>> settings, Setting<?>... left) {
    List<Setting<?>> others = new ArrayList<>(settings);
    others.removeAll(List.of(left));
    return List.copyOf(others);
  }

  /** For example {@code rest-port}; also its key in the file. */
  public String name() {
    return name;
  }

  /** For example {@code --rest-port}. */
  public String flag() {
    return "--" + name;
  }

  /** For example {@code WFS_REST_PORT}. */
  public String variable() {
    return EnvironmentVariables.PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** For settings that hold a secret, the variable that names a file to read it from. */
  public Optional<String> fileVariable() {
    return holdsSecret() ? Optional.of(variable() + "_FILE") : Optional.empty();
  }

  /** What is used when no source gives it; empty if it is then absent. */
  public Optional<String> defaultText() {
    return defaultText;
  }

  /** What a text must be, for example {@code 0..65535}. */
  public String expected() {
    return type.expected();
  }

  /** Stands for the value in a command's help. */
  public String label() {
    return type.label();
  }

  /** A sentence or two, as Markdown and as plain text. */
  public String description() {
    return description;
  }

  @SuppressWarnings("ReferenceEquality") // each type is one object
  boolean holdsSecret() {
    return type == ValueType.SECRET || type == ValueType.DATABASE_URL;
  }

  /** Reads a text; empty if it isn't as expected. */
  Optional<T> parse(String text) {
    return type.parser().apply(text);
  }

  @Override
  public String toString() {
    return name;
  }
}
