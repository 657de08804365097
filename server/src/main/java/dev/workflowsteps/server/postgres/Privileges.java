package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The roles that servers switch to, and the privileges of the two logins: that of the servers, and
 * that which migrates. What is missing is expressed as the statements that grant it.
 */
final class Privileges {

  private static final String READER = "workflow_steps_reader";
  static final String WRITER = "workflow_steps_writer";

  /** Of the tables; null if there are none yet. */
  private static final String OWNER =
      "SELECT min(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = to_regclass('step')";

  /** Of a role in this database. */
  private static final String IS_SET =
      "SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
          + " JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()"
          + " WHERE r.rolname = ? AND ? = ANY (s.setconfig))";

  private final Connection connection;
  private final String server;
  private final String migrator;
  private final String schema;
  private final boolean grantsHaveOptions;
  private final boolean citus;

  /**
   * @param connection of the login that migrates; its current schema is migrated
   * @param user the login of the servers; absent = the one that migrates
   */
  Privileges(Connection connection, Optional<String> user) throws SQLException {
    this.connection = connection;
    this.migrator = text("SELECT current_user");
    this.server = user.orElse(migrator);
    this.schema = text("SELECT current_schema()");
    this.grantsHaveOptions = connection.getMetaData().getDatabaseMajorVersion() >= 16;
    this.citus = Citus.isInstalled(connection);
  }

  /**
   * Creates the roles that are missing, and grants them to the login of the servers.
   *
   * @throws StartupException with {@code MIGRATION} and the remedy, if this login may not
   */
  void ensure() throws SQLException {
    for (String sql : missing()) {
      try {
        Sql.of(sql).run(connection);
      } catch (SQLException e) {
        // Roles belong to the whole cluster: the migration of another database may have been first.
        if (missing().contains(sql)) {
          throw refused(sql, SqlFailures.cause(e), e);
        }
      }
    }
    // A GRANT without the right to grant may end with a warning.
    for (String sql : missing()) {
      throw refused(sql, "it had no effect", null);
    }
  }

  /** Lets the login of the servers read which version the schema has. */
  void grantHistory() throws SQLException {
    if (!has("SELECT has_table_privilege(?, 'flyway_schema_history', 'SELECT')", server)) {
      Sql.of("GRANT SELECT ON flyway_schema_history TO " + quoted(server)).run(connection);
    }
  }

  /** What an administrator has to run, for psql. */
  String script() throws SQLException {
    List<String> statements = forAdministrator();
    if (statements.isEmpty()) {
      return "-- Nothing is missing.\n";
    }
    return "-- For an administrator, in psql. What the login that migrates may do, migrate does itself.\n"
        + "\\connect "
        + quoted(text("SELECT current_database()"))
        + "\n"
        + String.join(";\n", statements)
        + ";\n";
  }

  private List<String> forAdministrator() throws SQLException {
    List<String> statements = new ArrayList<>();
    if (!exists(server)) {
      statements.add("CREATE ROLE " + quoted(server) + " LOGIN");
    }
    statements.addAll(missing());
    if (!hasSchema(migrator, "CREATE")) {
      statements.add("GRANT USAGE, CREATE ON SCHEMA " + quoted(schema) + " TO " + quoted(migrator));
    }
    String owner = text(OWNER);
    if (owner != null && !has("SELECT pg_has_role(?, ?, 'USAGE')", migrator, owner)) {
      statements.add("GRANT " + quoted(owner) + " TO " + quoted(migrator));
    }
    return statements;
  }

  /** What servers and migrations need; whoever migrates may be able to grant it. */
  private List<String> missing() throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String role : List.of(READER, WRITER)) {
      if (!exists(role)) {
        statements.add("CREATE ROLE " + role + (citus ? " LOGIN" : " NOLOGIN"));
      }
    }
    grantUnlessMember(statements, READER, server);
    grantUnlessMember(statements, WRITER, server);
    if (!migrator.equals(server)) {
      grantUnlessMember(statements, WRITER, migrator);
    }
    for (String role : List.of(READER, WRITER, server)) {
      if (!hasSchema(role, "USAGE")) {
        statements.add("GRANT USAGE ON SCHEMA " + quoted(schema) + " TO " + quoted(role));
      }
    }
    if (citus) {
      setForWorkers(statements, READER, TransactionSettings.OFF_FOR_READERS);
      setForWorkers(statements, WRITER, TransactionSettings.OFF_FOR_WRITERS);
    }
    return statements;
  }

  /**
   * The coordinator logs in to the workers as the role of the transaction, whose settings end at
   * the coordinator. The workers get these statements from there.
   */
  private void setForWorkers(List<String> statements, String role, List<String> off)
      throws SQLException {
    boolean exists = exists(role);
    if (exists && !has("SELECT rolcanlogin FROM pg_roles WHERE rolname = ?", role)) {
      statements.add("ALTER ROLE " + role + " LOGIN");
    }
    String database = quoted(text("SELECT current_database()"));
    for (String setting : off) {
      if (!exists || !has(IS_SET, role, setting + "=off")) {
        statements.add(
            "ALTER ROLE %s IN DATABASE %s SET %s = off".formatted(role, database, setting));
      }
    }
  }

  /** Logins switch to the roles, and inherit nothing from them where PostgreSQL lets us say so. */
  private void grantUnlessMember(List<String> statements, String role, String login)
      throws SQLException {
    String option = grantsHaveOptions ? "SET" : "MEMBER";
    boolean both = exists(role) && exists(login);
    if (!both || !has("SELECT pg_has_role(?, ?, ?)", login, role, option)) {
      String options = grantsHaveOptions ? " WITH INHERIT FALSE, SET TRUE" : "";
      statements.add("GRANT " + role + " TO " + quoted(login) + options);
    }
  }

  /** A role that isn't there yet will have what all roles have. */
  private boolean hasSchema(String role, String privilege) throws SQLException {
    String grantee = exists(role) ? role : "public";
    return has("SELECT has_schema_privilege(?, ?, ?)", grantee, schema, privilege);
  }

  private boolean exists(String role) throws SQLException {
    return has("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ?)", role);
  }

  private boolean has(String sql, String... values) throws SQLException {
    return text(sql, values).equals("t");
  }

  private String text(String sql, String... values) throws SQLException {
    return Sql.of(sql, (Object[]) values).ask(connection, Rows.only(row -> row.getString(1)));
  }

  private static StartupException refused(String sql, String cause, SQLException e) {
    return new StartupException(
        ExitCode.MIGRATION,
        "the login that migrates may not run "
            + sql
            + " ("
            + cause
            + "). Have an administrator run what workflow-steps migrate --print prints, then run"
            + " workflow-steps migrate again",
        e);
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
