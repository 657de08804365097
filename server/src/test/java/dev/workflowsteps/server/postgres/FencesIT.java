package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the database itself keeps a reader from, and what is said of a database that doesn't fit.
 */
class FencesIT {

  private static DatabaseUrl url;

  @BeforeAll
  static void migrate() throws SQLException {
    url = TestDatabase.url();
    new Migrations(url).migrate(Optional.empty());
    try (Connection owner = connect();
        Statement statement = owner.createStatement()) {
      statement.execute(
          "INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type,"
              + " status, retry_count, withheld_bytes, head, outputs, inputs)"
              + " VALUES ('fence', 'r', 's', 1, 'b', 'note', 'running', 0, 0, '', '', '')"
              + " ON CONFLICT DO NOTHING");
      statement.execute(
          "INSERT INTO step_payload (organization_id, run_id, step_id, sha256, payload)"
              + " VALUES ('fence', 'r', 's', '', '') ON CONFLICT DO NOTHING");
      statement.execute(
          "INSERT INTO artifact (organization_id, artifact_id, operation, run_id, step_id,"
              + " sort_time, record) VALUES ('fence', 'a', 'edit', 'r', 's', 1, '')"
              + " ON CONFLICT DO NOTHING");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "step_payload", "artifact"})
  void reader_withoutAnOrganization_getsAnErrorAndNoRows(String table) throws SQLException {
    try (Connection reader = reader();
        Statement statement = reader.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM " + table))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "step_payload", "artifact"})
  void reader_afterALocalOrganization_hasNoneAnyMore(String table) throws SQLException {
    try (Connection reader = reader();
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
        new String[] {"DELETE FROM step", "DELETE FROM artifact", "SELECT * FROM api_key"}) {
      try (Connection reader = reader();
          Statement statement = reader.createStatement()) {
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
    }
  }

  @Test
  void migrateAgain_appliesNothing() {
    Migrations.Done again = new Migrations(url).migrate(Optional.empty());

    assertThat(again.applied()).isZero();
    assertThat(new Migrations(url).problem()).isEmpty();
  }

  private static int rowsFor(String organization, String table) throws SQLException {
    try (Connection reader = reader();
        Statement statement = reader.createStatement()) {
      statement.execute("SELECT set_config('app.org', '" + organization + "', false)");
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static Connection reader() throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE workflow_steps_reader");
    }
    return connection;
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        url.jdbcUrl(), url.user().orElseThrow(), url.password().map(Secret::value).orElse(null));
  }
}
