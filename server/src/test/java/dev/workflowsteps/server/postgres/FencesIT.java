package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the database itself keeps a connection from, and what is said of a database that doesn't
 * fit.
 */
class FencesIT {

  private static final String INSERT_STEP =
      "INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type,"
          + " status, retry_count, withheld_bytes, head, outputs, inputs)"
          + " VALUES ('%s', 'r', 's', 1, 'b', 'note', 'running', 0, 0, '', '', '')";

  private static final String NO_RIGHT = "42501";
  private static final String NO_ROLE = "22P02";

  private static DatabaseUrl url;

  /** Every login that a server may have: the owner of the tables, and others with the roles. */
  private static final List<DatabaseUrl> LOGINS = new ArrayList<>();

  @BeforeAll
  static void migrate() throws SQLException {
    url = TestDatabase.url();
    new Migrations(url).migrate(Optional.empty());
    LOGINS.add(url);
    LOGINS.add(login("inheriting", "INHERIT"));
    LOGINS.add(login("not_inheriting", "NOINHERIT"));
    try (Connection writer = connectAs("workflow_steps_writer");
        Statement statement = writer.createStatement()) {
      statement.execute(INSERT_STEP.formatted("fence"));
      statement.execute(
          "INSERT INTO step_payload (organization_id, run_id, step_id, sha256, payload)"
              + " VALUES ('fence', 'r', 's', '', '')");
      statement.execute(
          "INSERT INTO artifact (organization_id, artifact_id, operation, run_id, step_id,"
              + " sort_time, record) VALUES ('fence', 'a', 'edit', 'r', 's', 1, '')");
      statement.execute("INSERT INTO organization VALUES ('fence', '2000-01-01')");
      statement.execute("INSERT INTO api_key VALUES ('key', 'fence', '', '2000-01-01')");
      statement.execute("INSERT INTO api_key_use VALUES ('key', 'fence', '2000-01-01')");
    }
  }

  @Test
  void statementWithoutARole_fails_onEveryTable_forEveryLogin() throws SQLException {
    List<String> tables = tables();
    assertThat(tables).hasSizeGreaterThanOrEqualTo(7);

    for (DatabaseUrl login : LOGINS) {
      try (Connection connection = TestDatabase.connect(login)) {
        for (String table : tables) {
          for (String sql : List.of("SELECT * FROM ", "SELECT count(*) FROM ", "DELETE FROM ")) {
            assertNoRight(connection, sql + table);
          }
        }
        assertNoRight(connection, INSERT_STEP.formatted("bare"));
        assertNoRight(connection, "UPDATE step SET status = 'error'");
      }
    }
  }

  /** Somebody's rights, but no role: the organization alone opens nothing. */
  @Test
  void statementWithAnOrganizationButNoRole_fails_forEveryLogin() throws SQLException {
    for (DatabaseUrl login : LOGINS) {
      try (Connection connection = TestDatabase.connect(login)) {
        TestDatabase.execute(connection, "SELECT set_config('app.org', 'fence', false)");
        assertNoRight(connection, "SELECT * FROM step");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "step_payload", "artifact"})
  void reader_withoutAnOrganization_getsAnErrorAndNoRows(String table) throws SQLException {
    try (Connection reader = connectAs("workflow_steps_reader");
        Statement statement = reader.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM " + table))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "step_payload", "artifact"})
  void reader_afterALocalOrganization_hasNoneAnyMore(String table) throws SQLException {
    try (Connection reader = connectAs("workflow_steps_reader");
        Statement statement = reader.createStatement()) {
      statement.execute("BEGIN; SELECT set_config('app.org', 'fence', true); COMMIT");
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM " + table))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "step_payload", "artifact"})
  void reader_ofAnotherOrganization_seesNothing_evenWithoutACondition(String table)
      throws SQLException {
    assertThat(rowsFor("fence", table)).isEqualTo(1);
    assertThat(rowsFor("fence2", table)).isZero();
  }

  @Test
  void reader_cannotWrite_norSeeKeys() throws SQLException {
    for (String sql :
        new String[] {
          "DELETE FROM step",
          "DELETE FROM artifact",
          "SELECT * FROM api_key",
          "SELECT * FROM api_key_use"
        }) {
      try (Connection reader = connectAs("workflow_steps_reader")) {
        assertNoRight(reader, sql);
      }
    }
  }

  @Test
  void migrateAgain_appliesNothing() {
    Migrations.Done again = new Migrations(url).migrate(Optional.empty());

    assertThat(again.applied()).isZero();
    assertThat(new Migrations(url).problem()).isEmpty();
  }

  private static void assertNoRight(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .as(sql)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn(NO_RIGHT, NO_ROLE));
    }
  }

  private static List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Connection owner = TestDatabase.connect(url);
        Statement statement = owner.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                    + " AND tablename <> 'flyway_schema_history'")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static int rowsFor(String organization, String table) throws SQLException {
    try (Connection reader = connectAs("workflow_steps_reader");
        Statement statement = reader.createStatement()) {
      statement.execute("SELECT set_config('app.org', '" + organization + "', false)");
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** A login that owns nothing and may take the roles. */
  private static DatabaseUrl login(String name, String inheritance) throws SQLException {
    try (Connection owner = TestDatabase.connect(url)) {
      TestDatabase.execute(
          owner, "CREATE ROLE " + name + " LOGIN " + inheritance + " PASSWORD 'test'");
    }
    new Migrations(url).migrate(Optional.of(name));
    return new DatabaseUrl(url.jdbcUrl(), Optional.of(name), Optional.of(new Secret("test")));
  }

  private static Connection connectAs(String role) throws SQLException {
    Connection connection = TestDatabase.connect(url);
    TestDatabase.execute(connection, "SET ROLE " + role);
    return connection;
  }
}
