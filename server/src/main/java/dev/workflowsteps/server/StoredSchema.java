package dev.workflowsteps.server;

import dev.workflowsteps.server.cli.SchemaMigrator;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.EmbeddedPostgres;
import dev.workflowsteps.server.ops.Logging;
import dev.workflowsteps.server.postgres.Migrations;
import java.util.Optional;

/** The schema of the database that the settings name, for the command {@code migrate}. */
public final class StoredSchema implements SchemaMigrator {

  /** Starts the embedded database if none is named. */
  @Override
  public Migration migrate(Settings settings, boolean demo, ProgressListener progress) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    Optional<DatabaseUrl> external = settings.migrationDatabase();
    if (external.isPresent()) {
      Migrations migrations = new Migrations(external.get(), progress);
      return migration(migrations.migrate(login(settings)), StoredData.description(external.get()));
    }
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(StoredData.directory(settings, demo), "migrate", progress)) {
      Migrations migrations = new Migrations(StoredData.url(postgres), progress);
      return migration(migrations.migrate(Optional.empty()), StoredData.description(postgres));
    }
  }

  @Override
  public Migration distribute(Settings settings, ProgressListener progress) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    DatabaseUrl external =
        settings
            .migrationDatabase()
            .orElseThrow(
                () ->
                    new StartupException(
                        ExitCode.CONFIGURATION,
                        "--distribute: the embedded database is no Citus cluster; name the"
                            + " coordinator in database-url"));
    Migrations migrations = new Migrations(external, progress);
    return migration(migrations.distribute(login(settings)), StoredData.description(external));
  }

  @Override
  public String administratorScript(Settings settings) {
    Logging.configureDriver(settings.get(Setting.LOG_LEVEL));
    return settings
        .migrationDatabase()
        .map(external -> new Migrations(external).administratorScript(login(settings)))
        .orElse("-- The embedded database needs no administrator.\n");
  }

  /** Of the servers. */
  private static Optional<String> login(Settings settings) {
    return settings.database().flatMap(DatabaseUrl::user);
  }

  private static Migration migration(Migrations.Done done, String database) {
    return new Migration(done.applied(), done.version(), done.filled(), done.left(), database);
  }
}
