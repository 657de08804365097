package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.extensibility.MigrationType;

/**
 * A migration that takes long on a large table, and so can't be one transaction. Killed or failed
 * at any point, it is run again from its beginning and finishes.
 */
abstract class LargeMigration implements JavaMigration {

  static final String ORGANIZATIONS =
      "SELECT organization_id FROM organization ORDER BY organization_id";

  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String version;
  private final String description;
  private long reportedAt = System.nanoTime();

  /** The work of one transaction; run again from its beginning if it is retried. */
  @FunctionalInterface
  interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

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

  static List<String> organizations(Connection connection) throws SQLException {
    Rows<List<String>> ids = Rows.each(row -> row.getString(1));
    return transact(connection, any -> Sql.of(ORGANIZATIONS).ask(any, ids));
  }

  /**
   * Runs the work in a transaction of its own, once it has its locks; as the role that writes,
   * since the owner of the tables may see no rows itself.
   */
  static <T> T transact(Connection connection, Work<T> work) throws SQLException {
    return LockRetries.run(() -> once(connection, work));
  }

  private static <T> T once(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      Sql.of(TransactionSettings.MIGRATION).run(connection);
      T done = work.in(connection);
      connection.commit();
      return done;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** Shows how many rows are done, every five seconds. */
  final void report(ProgressListener progress, String format, long rows) {
    if (System.nanoTime() - reportedAt >= REPORT_NANOS) {
      reportedAt = System.nanoTime();
      progress.begin(String.format(Locale.ROOT, format, rows));
    }
  }
}
