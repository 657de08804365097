package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;

/** Migrates a database's schema to this version. */
public interface SchemaMigrator {

  /**
   * A finished migration.
   *
   * @param applied the number of migrations that were missing; 0 = the schema was up to date
   * @param version the schema's version now
   * @param filled the number of steps that lacked the time at which they ended
   * @param left the number of those that still lack it, because a server of an earlier version
   *     wrote them meanwhile
   * @param database as {@link Storage#database} describes it
   */
  record Migration(int applied, String version, long filled, long left, String database) {}

  /**
   * Applies the migrations that are missing.
   *
   * @param demo whether to use the demo's data
   * @throws dev.workflowsteps.server.config.StartupException with {@code MIGRATION} if one fails,
   *     {@code DATABASE} if the database can't be reached or its directory is held by another
   *     process
   */
  Migration migrate(Settings settings, boolean demo, ProgressListener progress);

  /**
   * As {@link #migrate}, and distributes the tables over the workers of a Citus cluster.
   *
   * @throws dev.workflowsteps.server.config.StartupException as {@link #migrate}; with {@code
   *     CONFIGURATION} if the database is not that of a coordinator
   */
  Migration distribute(Settings settings, ProgressListener progress);

  /**
   * What an administrator of an external database has to run before {@link #migrate} can succeed: a
   * script for psql, which holds only comments if nothing is missing.
   *
   * @throws dev.workflowsteps.server.config.StartupException as {@link #migrate}
   */
  String administratorScript(Settings settings);
}
