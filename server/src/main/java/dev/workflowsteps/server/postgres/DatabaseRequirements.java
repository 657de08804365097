package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** What a database must be like before it is migrated. */
final class DatabaseRequirements {

  private static final int OLDEST_MAJOR = 15;
  private static final int NEWEST_MAJOR = 18;

  /**
   * @throws StartupException with {@code CONFIGURATION} if the database, or the way to it, doesn't
   *     fit
   */
  static void check(Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
      throw unfit(
          "database-url: PostgreSQL %d (expected: %d to %d)"
              .formatted(major, OLDEST_MAJOR, NEWEST_MAJOR));
    }
    String encoding = text(connection, "SHOW server_encoding");
    if (!encoding.equals("UTF8")) {
      throw unfit(
          "database-url: a database with encoding %s (expected: one made with ENCODING 'UTF8')"
              .formatted(encoding));
    }
    Optional<String> noSchema = schemaProblem(connection);
    if (noSchema.isPresent()) {
      throw unfit(noSchema.get());
    }
    if (!PoolerCheck.isDirect(connection)) {
      throw unfit(
          "migration-database-url: a connection pooler answers, and the locks of a migration need"
              + " a connection to PostgreSQL itself; name its host and port in"
              + " migration-database-url");
    }
  }

  /** Why this login finds no tables, with the remedy; empty = it has a schema. */
  static Optional<String> schemaProblem(Connection connection) throws SQLException {
    return text(connection, "SELECT current_schema()") != null
        ? Optional.empty()
        : Optional.of(
            "no schema of the database is in search_path ("
                + text(
                    connection,
                    "SELECT coalesce(nullif(current_setting('search_path'), ''), 'empty')")
                + "); add currentSchema=public to the parameters of database-url and"
                + " migration-database-url, or run ALTER ROLE "
                + text(connection, "SELECT quote_ident(current_user)")
                + " SET search_path = public");
  }

  private static String text(Connection connection, String sql) throws SQLException {
    return Sql.of(sql).ask(connection, Rows.only(row -> row.getString(1)));
  }

  private static StartupException unfit(String message) {
    return new StartupException(ExitCode.CONFIGURATION, message);
  }

  private DatabaseRequirements() {}
}
