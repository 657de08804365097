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
  private static final int MOST_EMBEDDED_CONNECTIONS = 40;

  private final Optional<EmbeddedPostgres> embedded;
  private final String description;
  private final Database database;

  private StoredData(EmbeddedPostgres embedded, int connections, MeterRegistry meters) {
    this.embedded = Optional.of(embedded);
    this.description = description(embedded);
    this.database = new Database(url(embedded), connections, meters);
  }

  private StoredData(DatabaseUrl external, int connections, MeterRegistry meters) {
    this.embedded = Optional.empty();
    this.description = description(external);
    this.database = new Database(external, connections, meters);
  }

  /**
   * Opens the database for a server. Becomes the owner of the embedded one and migrates it. Neither
   * waits for an external database nor migrates it: {@link #problem} says whether it can be used.
   *
   * @param command the name of this command, shown to others that want the data directory
   */
  public static StoredData serve(
      Settings settings,
      boolean demo,
      String command,
      ProgressListener progress,
      MeterRegistry meters) {
    Optional<DatabaseUrl> external = settings.database();
    if (external.isPresent()) {
      return new StoredData(external.get(), settings.get(Setting.DATABASE_POOL_SIZE), meters);
    }
    requireRoom(settings.get(Setting.DATABASE_POOL_SIZE));
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory(settings, demo), command, progress);
    StoredData data =
        embedded(postgres, settings.get(Setting.DATABASE_POOL_SIZE), progress, meters);
    try {
      postgres.share();
      return data;
    } catch (RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /** Commands that use the database of a running server need connections too. */
  private static void requireRoom(int poolSize) {
    if (poolSize > MOST_EMBEDDED_CONNECTIONS) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "database-pool-size: %d (expected: at most %d with the embedded database; --database-url names another)"
              .formatted(poolSize, MOST_EMBEDDED_CONNECTIONS));
    }
  }

  /** Opens the database for a command: that of a running server, or the embedded one. */
  public static StoredData command(
      Settings settings, boolean demo, String command, ProgressListener progress) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    MeterRegistry meters = new SimpleMeterRegistry();
    Optional<DatabaseUrl> external = settings.database();
    if (external.isPresent()) {
      return usable(new StoredData(external.get(), COMMAND_CONNECTIONS, meters));
    }
    EmbeddedPostgres postgres =
        EmbeddedPostgres.attachOrStart(directory(settings, demo), command, progress);
    if (postgres.owned()) {
      return embedded(postgres, COMMAND_CONNECTIONS, progress, meters);
    }
    return usable(new StoredData(postgres, COMMAND_CONNECTIONS, meters));
  }

  @Override
  public String database() {
    return description;
  }

  @Override
  public Stores stores() {
    return database.stores();
  }

  /** The embedded database; empty = an external one. */
  public Optional<EmbeddedPostgres> postgres() {
    return embedded;
  }

  /** Why calls can't be answered now; empty = they can. */
  public Optional<String> problem() {
    return database.problem();
  }

  @Override
  public void close() {
    database.close();
    embedded.ifPresent(EmbeddedPostgres::close);
  }

  private static StoredData embedded(
      EmbeddedPostgres postgres, int connections, ProgressListener progress, MeterRegistry meters) {
    try {
      new Migrations(url(postgres), progress).migrate(Optional.empty());
      return new StoredData(postgres, connections, meters);
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
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
        Optional.of(postgres.user()),
        Optional.of(new Secret(postgres.password())));
  }
}
