package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.output.MigrateResult;

/** Migrates the schema to this version, and says whether it is. */
public final class Migrations {

  /** So that a migration doesn't wait for a long transaction while everybody else waits for it. */
  private static final String LOCK_TIMEOUT = "SET lock_timeout = '5s'";

  private static final int MOST_TRIES = 5;
  private static final int OLDEST_MAJOR = 15;
  private static final int NEWEST_MAJOR = 18;

  private final DatabaseUrl url;
  private final Flyway flyway;

  /** What {@link #migrate} did: how many migrations it applied, and the schema's version now. */
  public record Done(int applied, String version) {}

  /**
   * @param url with a login that may change the schema, if {@link #migrate} is to be called
   */
  public Migrations(DatabaseUrl url) {
    this.url = url;
    this.flyway =
        Flyway.configure()
            .dataSource(url.jdbcUrl(), url.user().orElse(null), password(url))
            .locations("classpath:db/migration")
            .initSql(LOCK_TIMEOUT)
            .validateMigrationNaming(true)
            .load();
  }

  /**
   * Applies the missing migrations.
   *
   * @param user the login of the servers, which is granted the roles they use; absent = the login
   *     that migrates
   * @throws StartupException with {@code DATABASE} if it can't be reached, {@code CONFIGURATION} if
   *     it is of the wrong kind, {@code MIGRATION} if a migration fails
   */
  public Done migrate(Optional<String> user) {
    requireFitting();
    for (int tries = 1; ; tries++) {
      try {
        MigrateResult result = flyway.migrate();
        user.filter(name -> !url.user().equals(user)).ifPresent(this::grantRoles);
        return new Done(result.migrationsExecuted, version());
      } catch (FlywayException e) {
        if (tries == MOST_TRIES || !isLockTimeout(e)) {
          throw new StartupException(
              ExitCode.MIGRATION,
              "the schema can't be brought up to this version: "
                  + firstLine(e)
                  + "; mend that and"
                  + " run workflow-steps migrate again (nothing of the failed step is left)",
              e);
        }
      }
    }
  }

  /** Why servers can't use the schema, with the remedy; empty = they can. */
  public Optional<String> problem() {
    try {
      MigrationInfoService info = flyway.info();
      MigrationInfo current = info.current();
      if (current == null) {
        return Optional.of("the database has no schema yet; run workflow-steps migrate");
      }
      return info.pending().length == 0
          ? Optional.empty()
          : Optional.of(
              "the schema is of version "
                  + current.getVersion()
                  + ", older than this program; run workflow-steps migrate");
    } catch (FlywayException e) {
      return Optional.of("the database can't be reached (" + SqlFailures.cause(e) + ")");
    }
  }

  private String version() {
    MigrationInfo current = flyway.info().current();
    return current == null ? "none" : current.getVersion().toString();
  }

  private void grantRoles(String user) {
    String name = '"' + user.replace("\"", "\"\"") + '"';
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("GRANT workflow_steps_reader, workflow_steps_writer TO " + name);
      // Servers read the schema's version from it.
      statement.execute("GRANT SELECT ON flyway_schema_history TO " + name);
    } catch (SQLException e) {
      throw new StartupException(
          ExitCode.MIGRATION, "the roles can't be granted to " + user + ": " + e.getMessage(), e);
    }
  }

  private void requireFitting() {
    try (Connection connection = connect()) {
      int major = connection.getMetaData().getDatabaseMajorVersion();
      if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
        throw new StartupException(
            ExitCode.CONFIGURATION,
            "database-url: PostgreSQL "
                + major
                + " (expected: "
                + OLDEST_MAJOR
                + " to "
                + NEWEST_MAJOR
                + ")");
      }
      String encoding = encoding(connection);
      if (!encoding.equals("UTF8")) {
        throw new StartupException(
            ExitCode.CONFIGURATION,
            "database-url: a database with encoding "
                + encoding
                + " (expected: one made with ENCODING 'UTF8')");
      }
    } catch (SQLException e) {
      throw new StartupException(
          ExitCode.DATABASE,
          "the database "
              + url
              + " can't be reached ("
              + SqlFailures.cause(e)
              + "); check that it runs and that database-url is right",
          e);
    }
  }

  private static String encoding(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_encoding")) {
      row.next();
      return row.getString(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url.jdbcUrl(), url.user().orElse(null), password(url));
  }

  private static boolean isLockTimeout(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && "55P03".equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("unknown cause");
  }

  private static String password(DatabaseUrl url) {
    return url.password().map(Secret::value).orElse(null);
  }
}
