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

  static final String VARIABLE_PREFIX = "WFS_";

  private static final List<Setting<?>> DEFINED = new ArrayList<>();

  public static final Setting<Path> DATA_DIR =
      optional(
          "data-dir",
          ValueType.DIRECTORY,
          "The directory of the embedded database. Default: workflow-steps in the user's XDG data"
              + " directory; for root /var/lib/workflow-steps.");
  public static final Setting<DatabaseUrl> DATABASE_URL =
      optional(
          "database-url",
          ValueType.DATABASE_URL,
          "A database of PostgreSQL 15 to 18, to use instead of the embedded one, for example"
              + " postgresql://USER@HOST/DATABASE.");
  public static final Setting<String> DATABASE_USER =
      optional(
          "database-user",
          ValueType.TEXT,
          "The user for database-url; overrides the one in the URL.");
  public static final Setting<Secret> DATABASE_PASSWORD =
      optional(
          "database-password",
          ValueType.SECRET,
          "The password for database-url; overrides the one in the URL. Other users of the machine"
              + " can see flags; the variable WFS_DATABASE_PASSWORD_FILE names a file to read it"
              + " from.");
  public static final Setting<DatabaseUrl> MIGRATION_DATABASE_URL =
      optional(
          "migration-database-url",
          ValueType.DATABASE_URL,
          "Like database-url, with a user who may change the schema, and past any connection"
              + " pooler; migrate uses it. Default: database-url.");
  public static final Setting<Integer> DATABASE_POOL_SIZE =
      setting(
          "database-pool-size",
          ValueType.integer(1, 500),
          "10",
          "The maximum number of database connections for reading; with the embedded database at"
              + " most 40.");
  public static final Setting<Boolean> ALLOW_STANDBY =
      setting(
          "allow-standby",
          ValueType.BOOLEAN,
          "false",
          "Whether an external database may be a standby, which answers reads and no writes. The"
              + " server is not ready while the standby is more than a second behind.");
  public static final Setting<String> REST_HOST =
      setting(
          "rest-host",
          ValueType.HOST,
          "127.0.0.1",
          "The address that REST listens on; 0.0.0.0 means all interfaces.");
  public static final Setting<Integer> REST_PORT =
      setting(
          "rest-port",
          ValueType.integer(0, 65535),
          "8080",
          "The port that REST listens on; 0 means any free one.");
  public static final Setting<List<String>> CORS_ORIGINS =
      optional(
          "cors-origins",
          ValueType.ORIGINS,
          "Web origins whose pages may read REST responses in a browser, separated by commas, for"
              + " example https://app.example.com. Default: none.");
  public static final Setting<String> GRPC_HOST =
      setting(
          "grpc-host",
          ValueType.HOST,
          "127.0.0.1",
          "The address that gRPC listens on; 0.0.0.0 means all interfaces.");
  public static final Setting<Integer> GRPC_PORT =
      setting(
          "grpc-port",
          ValueType.integer(0, 65535),
          "50051",
          "The port that gRPC listens on; 0 means any free one.");
  public static final Setting<Path> TLS_CERTIFICATE =
      optional(
          "tls-certificate",
          ValueType.FILE,
          "A PEM file with the certificate of REST and gRPC, and behind it those of the CAs between it"
              + " and the root. With it both ports accept only TLS. It is read again when it changes."
              + " Needs tls-key.");
  public static final Setting<Path> TLS_KEY =
      optional(
          "tls-key",
          ValueType.FILE,
          "A PEM file with the private key of tls-certificate: RSA or EC, as PKCS #8, without a"
              + " password. It is read again when it changes.");
  public static final Setting<Path> TLS_CLIENT_CA =
      optional(
          "tls-client-ca",
          ValueType.FILE,
          "A PEM file with certificates of CAs. gRPC then demands a client certificate that one of"
              + " them signed; the key still decides the organization. It is read again when it"
              + " changes.");
  public static final Setting<Boolean> ALLOW_PLAINTEXT =
      setting(
          "allow-plaintext",
          ValueType.BOOLEAN,
          "false",
          "Whether REST and gRPC may listen beyond loopback without TLS, so that keys and data cross"
              + " the network unencrypted.");
  public static final Setting<Duration> HSTS_MAX_AGE =
      setting(
          "hsts-max-age",
          ValueType.duration("0s", "730d"),
          "0s",
          "The max-age of the header Strict-Transport-Security in REST responses: for so long browsers"
              + " use only TLS for this host name, on all of its ports. Needs tls-certificate. 0s"
              + " means no header.");
  public static final Setting<String> ADMIN_HOST =
      setting(
          "admin-host",
          ValueType.HOST,
          "127.0.0.1",
          "The address that the admin port (health and metrics, without a key) listens on; 0.0.0.0"
              + " means all interfaces.");
  public static final Setting<Integer> ADMIN_PORT =
      setting(
          "admin-port",
          ValueType.integer(0, 65535),
          "9464",
          "The admin port; 0 means any free one.");
  public static final Setting<List<String>> ADMIN_ALLOWED_HOSTS =
      optional(
          "admin-allowed-hosts",
          ValueType.HOSTS,
          "Host names, separated by commas, under which the admin port answers beside IP addresses,"
              + " localhost and admin-host, for example steps.monitoring.svc. Default: none.");
  public static final Setting<List<HostPort>> UPSTREAM =
      optional(
          "upstream",
          ValueType.HOST_PORTS,
          "The gRPC servers that serve-rest sends requests to, in turn: HOST:PORT, separated by"
              + " commas. A name stands for all of its addresses. serve-rest needs at least one.");
  public static final Setting<Boolean> UPSTREAM_TLS =
      setting(
          "upstream-tls",
          ValueType.BOOLEAN,
          "false",
          "Whether serve-rest connects to the gRPC servers by TLS. It then checks that their"
              + " certificates are for the names in upstream.");
  public static final Setting<Path> UPSTREAM_CA =
      optional(
          "upstream-ca",
          ValueType.FILE,
          "A PEM file with the certificates of the CAs that may sign those of the gRPC servers. It is"
              + " read again when it changes. Default: the CAs that Java trusts.");
  public static final Setting<Path> UPSTREAM_CERTIFICATE =
      optional(
          "upstream-certificate",
          ValueType.FILE,
          "A PEM file with the client certificate for gRPC servers with tls-client-ca. Needs"
              + " upstream-key. Both are read again when they change.");
  public static final Setting<Path> UPSTREAM_KEY =
      optional(
          "upstream-key",
          ValueType.FILE,
          "A PEM file with its private key, in the form of tls-key.");
  public static final Setting<Integer> PAGE_BYTES =
      setting(
          "page-bytes",
          ValueType.integer(65_536, 67_108_864),
          "3670016",
          "The maximum size of a page's gRPC message, in bytes. A page ends early rather than exceed"
              + " it, but holds at least one row: a step of at most 1 MiB or an artifact of at most"
              + " 3 MiB. By default gRPC clients reject messages over 4194304 bytes.");
  public static final Setting<Integer> ORGANIZATION_REQUESTS_PER_SECOND =
      setting(
          "organization-requests-per-second",
          ValueType.integer(0, 1_000_000),
          "0",
          "The most requests that each organization may send to this server in a second. The command"
              + " organizations limit replaces it for one of them. 0 means no limit.");
  public static final Setting<Integer> ORGANIZATION_BYTES_PER_SECOND =
      setting(
          "organization-bytes-per-second",
          ValueType.integer(0, 1_000_000_000),
          "0",
          "The most bytes of responses that each organization may get from this server in a second,"
              + " counted as gRPC messages before compression. The command organizations limit"
              + " replaces it for one of them. 0 means no limit.");
  public static final Setting<Integer> MAX_CONNECTIONS =
      optional(
          "max-connections",
          ValueType.integer(1, 1_000_000),
          "The maximum number of connections on each of the two ports, REST and gRPC. Default: two"
              + " fifths of the files that the process may open beyond 512, but at most 10000. That"
              + " part of the files is also the highest value that has an effect.");
  public static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      optional(
          "max-connections-per-address",
          ValueType.integer(1, 1_000_000),
          "The maximum number of connections from one IP address (or from one /64 network of IPv6)"
              + " on each port. Default: a quarter of max-connections.");
  public static final Setting<AddressRanges> TRUSTED_ADDRESSES =
      setting(
          "trusted-addresses",
          ValueType.ADDRESS_RANGES,
          "127.0.0.0/8,::1",
          "Addresses whose connections have no limits per address: reverse proxies, serve-rest and"
              + " this machine.");
  public static final Setting<Integer> WRONG_KEYS_PER_MINUTE =
      setting(
          "wrong-keys-per-minute",
          ValueType.integer(0, 1_000_000),
          "600",
          "The most wrong keys that an address, or a /64 network of IPv6, may send to this server in a"
              + " minute. Then its requests fail with 429 until the minute is over, also those with a"
              + " valid key. 0 means no limit.");
  public static final Setting<Duration> CALL_TIMEOUT =
      setting(
          "call-timeout",
          ValueType.duration("100ms", "10m"),
          "30s",
          "The time limit for a gRPC call, even if the caller's deadline is later.");
  public static final Setting<Duration> REQUEST_TIMEOUT =
      setting(
          "request-timeout",
          ValueType.duration("100ms", "10m"),
          "10s",
          "How long REST waits for a response from the gRPC server, for the rest of a request, and for"
              + " the next request on a connection.");
  public static final Setting<Duration> DRAIN_DELAY =
      setting(
          "drain-delay",
          ValueType.duration("0s", "10m"),
          "5s",
          "How long the server reports that it is not ready before it stops, so that load"
              + " balancers notice."
              + " Skipped if it was started on a terminal.");
  public static final Setting<Duration> DRAIN_TIMEOUT =
      setting(
          "drain-timeout",
          ValueType.duration("0s", "10m"),
          "25s",
          "How long running calls may take to finish when the server stops; then they are"
              + " cancelled.");
  public static final Setting<LogFormat> LOG_FORMAT =
      setting("log-format", ValueType.choice(LogFormat.class), "plain", "The format of log lines.");
  public static final Setting<LogLevel> LOG_LEVEL =
      setting(
          "log-level", ValueType.choice(LogLevel.class), "info", "The least severe level to log.");
  public static final Setting<AccessLogMode> ACCESS_LOG =
      setting(
          "access-log",
          ValueType.choice(AccessLogMode.class),
          "errors",
          "Which requests get a line in the log, whatever log-level says: those that fail or take a"
              + " second or longer, all, or none (off).");

  /** Every setting, in the order in which they are defined and listed. */
  public static final List<Setting<?>> ALL = List.copyOf(DEFINED);

  /** What serve uses: both transports, and the database behind them. */
  public static final List<Setting<?>> SERVE =
      without(
          ALL,
          MIGRATION_DATABASE_URL,
          UPSTREAM,
          UPSTREAM_TLS,
          UPSTREAM_CA,
          UPSTREAM_CERTIFICATE,
          UPSTREAM_KEY);

  /** What serve-grpc uses: as serve, without REST. */
  public static final List<Setting<?>> SERVE_GRPC =
      without(SERVE, REST_HOST, REST_PORT, CORS_ORIGINS, HSTS_MAX_AGE, REQUEST_TIMEOUT);

  /** What serve-rest uses: it has no database. */
  public static final List<Setting<?>> SERVE_REST =
      List.of(
          UPSTREAM,
          UPSTREAM_TLS,
          UPSTREAM_CA,
          UPSTREAM_CERTIFICATE,
          UPSTREAM_KEY,
          REST_HOST,
          REST_PORT,
          CORS_ORIGINS,
          TLS_CERTIFICATE,
          TLS_KEY,
          ALLOW_PLAINTEXT,
          HSTS_MAX_AGE,
          ADMIN_HOST,
          ADMIN_PORT,
          ADMIN_ALLOWED_HOSTS,
          MAX_CONNECTIONS,
          MAX_CONNECTIONS_PER_ADDRESS,
          TRUSTED_ADDRESSES,
          WRONG_KEYS_PER_MINUTE,
          REQUEST_TIMEOUT,
          DRAIN_DELAY,
          DRAIN_TIMEOUT,
          LOG_FORMAT,
          LOG_LEVEL,
          ACCESS_LOG);

  /** What a command uses that only needs the stored data. */
  public static final List<Setting<?>> STORAGE =
      List.of(DATA_DIR, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD);

  /** What migrate uses. */
  public static final List<Setting<?>> MIGRATION =
      List.of(DATA_DIR, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD, MIGRATION_DATABASE_URL);

  /** What health uses. */
  public static final List<Setting<?>> HEALTH = List.of(ADMIN_HOST, ADMIN_PORT);

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
    DEFINED.add(this);
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
    return VARIABLE_PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** For settings that hold a secret, the variable that names a file to read it from. */
  public Optional<String> fileVariable() {
    return holdsSecret() ? Optional.of(variable() + "_FILE") : Optional.empty();
  }

  /** The value if no source gives one; empty if it is then absent. */
  public Optional<String> defaultText() {
    return defaultText;
  }

  /** The valid values, for example {@code 0..65535}. */
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

  /** The description with bounds and default, for a command's help. */
  public String help() {
    String bounds = type.hasBounds() ? " Values: " + expected() + "." : "";
    return description + bounds + defaultText.map(d -> " Default: " + d + ".").orElse("");
  }

  @SuppressWarnings("ReferenceEquality") // each type is one object
  boolean holdsSecret() {
    return type == ValueType.SECRET || type == ValueType.DATABASE_URL;
  }

  /** Reads a text; empty if it isn't as expected. */
  public Optional<T> parse(String text) {
    return type.parser().apply(text);
  }

  @Override
  public String toString() {
    return name;
  }
}
