package dev.workflowsteps.server;

import dev.workflowsteps.server.cli.Storage;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.DataDirectory;
import dev.workflowsteps.server.embedded.EmbeddedPostgres;
import dev.workflowsteps.server.ops.Logging;
import dev.workflowsteps.server.postgres.Database;
import dev.workflowsteps.server.postgres.Migrations;
import dev.workflowsteps.server.stores.Stores;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The database that the settings name: the embedded PostgreSQL and the connections to it, or the
 * connections to an external one.
 */
public final class StoredData implements Storage {

  /** Commands send one statement at a time. */
  private static final int COMMAND_CONNECTIONS = 1;

  /** Of the sixty that it allows; writers, keys and commands need some too. */
  private static final int MAX_EMBEDDED_CONNECTIONS = 40;

  private final String description;
  private final Database database;
  private final Optional<Opener> opener;
  private volatile Optional<EmbeddedPostgres> embedded;

  /** Starts the embedded database of a server. */
  private interface Opener {
    EmbeddedPostgres open(ProgressListener progress);
  }

  private StoredData(
      Database database,
      String description,
      Optional<Opener> opener,
      Optional<EmbeddedPostgres> embedded) {
    this.database = database;
    this.description = description;
    this.opener = opener;
    this.embedded = embedded;
  }

  private static StoredData external(
      DatabaseUrl url, int connections, boolean allowStandby, MeterRegistry meters) {
    return new StoredData(
        new Database(url, connections, allowStandby, meters),
        description(url),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The data of a server, whose calls fail as unavailable until {@link #open}. Neither waits for an
   * external database nor migrates it: {@link #problem} says whether it can be used.
   *
   * @param command the name of this command, shown to others that want the data directory
   */
  public static StoredData serve(
      Settings settings, boolean demo, String command, MeterRegistry meters) {
    int connections = settings.get(Setting.DATABASE_POOL_SIZE);
    Optional<DatabaseUrl> external = settings.database();
    if (external.isPresent()) {
      return external(external.get(), connections, settings.get(Setting.ALLOW_STANDBY), meters);
    }
    requireRoom(connections);
    DataDirectory directory = directory(settings, demo);
    DatabaseUrl url =
        new DatabaseUrl(
            EmbeddedPostgres.jdbcUrl(directory),
            Optional.of(EmbeddedPostgres.user()),
            Optional.empty());
    return new StoredData(
        new Database(url, connections, meters),
        "PostgreSQL embedded, " + directory.path(),
        Optional.of(progress -> EmbeddedPostgres.serve(directory, command, progress)),
        Optional.empty());
  }

  /**
   * Becomes the owner of a server's embedded database, when no command uses it any more, starts and
   * migrates it, and lets commands use it. With an external database nothing happens.
   *
   * @throws StartupException if it can't
   */
  public void open(ProgressListener progress) {
    if (opener.isEmpty()) {
      return;
    }
    EmbeddedPostgres postgres = opener.get().open(progress);
    embedded = Optional.of(postgres);
    database.use(url(postgres));
    new Migrations(url(postgres), progress).migrate(Optional.empty());
    postgres.share();
  }

  /** Commands that use the database of a running server need connections too. */
  private static void requireRoom(int poolSize) {
    if (poolSize > MAX_EMBEDDED_CONNECTIONS) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "database-pool-size: %d (expected: at most %d with the embedded database; --database-url names another)"
              .formatted(poolSize, MAX_EMBEDDED_CONNECTIONS));
    }
  }

  /**
   * Checks what a server needs of its database, without starting or changing anything.
   *
   * @throws StartupException with {@code CONFIGURATION} if the embedded database can't be used so,
   *     {@code DATABASE} if an external one can't serve calls now
   */
  public static void check(Settings settings, boolean demo) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    Optional<DatabaseUrl> external = settings.database();
    if (external.isEmpty()) {
      requireRoom(settings.get(Setting.DATABASE_POOL_SIZE));
      EmbeddedPostgres.check(directory(settings, demo));
      return;
    }
    boolean allowStandby = settings.get(Setting.ALLOW_STANDBY);
    usable(external(external.get(), COMMAND_CONNECTIONS, allowStandby, new SimpleMeterRegistry()))
        .close();
  }

  /** Opens the database for a command: that of a running server, or the embedded one. */
  public static StoredData command(
      Settings settings, boolean demo, String command, ProgressListener progress) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    MeterRegistry meters = new SimpleMeterRegistry();
    Optional<DatabaseUrl> external = settings.database();
    if (external.isPresent()) {
      return usable(external(external.get(), COMMAND_CONNECTIONS, true, meters));
    }
    EmbeddedPostgres postgres =
        EmbeddedPostgres.attachOrStart(directory(settings, demo), command, progress);
    try {
      if (postgres.owned()) {
        new Migrations(url(postgres), progress).migrate(Optional.empty());
      }
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
    return usable(
        new StoredData(
            new Database(url(postgres), COMMAND_CONNECTIONS, meters),
            description(postgres),
            Optional.empty(),
            Optional.of(postgres)));
  }

  @Override
  public String database() {
    return description;
  }

  @Override
  public Stores stores() {
    return database.stores();
  }

  /** The embedded database; empty = an external one, or a server's that is not open yet. */
  public Optional<EmbeddedPostgres> postgres() {
    return embedded;
  }

  /** Why the database can't serve calls now; empty = it can. */
  public Optional<String> problem() {
    return embedded.flatMap(EmbeddedPostgres::problem).or(database::problem);
  }

  /** Metrics of the database, which are read when somebody scrapes. */
  public MultiCollector statistics() {
    return database.statistics();
  }

  /** How often the embedded database was started again after it had ended by itself. */
  public long restarts() {
    return embedded.map(EmbeddedPostgres::restarts).orElse(0L);
  }

  @Override
  public void close() {
    database.close();
    embedded.ifPresent(EmbeddedPostgres::close);
  }

  private static StoredData usable(StoredData data) {
    Optional<String> problem = data.problem();
    if (problem.isEmpty()) {
      return data;
    }
    data.close();
    throw new StartupException(ExitCode.DATABASE, data.description + ": " + problem.get());
  }

  static DataDirectory directory(Settings settings, boolean demo) {
    Map<String, String> environment = System.getenv();
    Path base =
        settings
            .find(Setting.DATA_DIR)
            .orElseGet(() -> DataDirectory.defaultBase(environment, EmbeddedPostgres.runsAsRoot()));
    return new DataDirectory(base, demo ? "demo" : "main");
  }

  static String description(EmbeddedPostgres postgres) {
    return "PostgreSQL %s embedded, %s%s"
        .formatted(
            postgres.version(), postgres.directory().path(), postgres.created() ? " (new)" : "");
  }

  static String description(DatabaseUrl url) {
    return new DatabaseUrl(url.jdbcUrl(), url.user(), Optional.empty()).toString();
  }

  static DatabaseUrl url(EmbeddedPostgres postgres) {
    return new DatabaseUrl(
        postgres.jdbcUrl(),
        Optional.of(EmbeddedPostgres.user()),
        Optional.of(new Secret(postgres.password())));
  }
}
