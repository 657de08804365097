package dev.workflowsteps.server.postgres;

import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.extensibility.MigrationType;

/**
 * A migration that takes long on a large table, and so can't be one transaction. Killed or failed
 * at any point, it is run again from its beginning and finishes.
 */
abstract class LargeMigration implements JavaMigration {

  private final String version;
  private final String description;

  LargeMigration(String version, String description) {
    this.version = version;
    this.description = description;
  }

  @Override
  public final MigrationVersion getVersion() {
    return MigrationVersion.fromVersion(version);
  }

  @Override
  public final String getDescription() {
    return description;
  }

  @Override
  public final Integer getChecksum() {
    return null;
  }

  /** Flyway would take a version that was a file of SQL before for another, and run it again. */
  @Override
  public final MigrationType getType() {
    return CoreMigrationType.SQL;
  }

  @Override
  public final boolean canExecuteInTransaction() {
    return false;
  }

  /** For a person, for example {@code migrating the schema to version 2, records without steps}. */
  final String title() {
    return "migrating the schema to version " + version + ", " + description;
  }
}
