package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.steps.StepPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class MigrationsIT {

  @Test
  void databaseWithoutASchema_isAProblem_thatNamesTheCommand() {
    DatabaseUrl url = fresh("");

    assertThat(new Migrations(url).problem())
        .hasValueSatisfying(
            problem -> assertThat(problem).contains("no schema", "workflow-steps migrate"));
    try (Database database = new Database(url, 1, new SimpleMeterRegistry())) {
      assertThat(database.problem()).isPresent();
      new Migrations(url).migrate(Optional.empty());
      assertThat(database.problem()).isEmpty();
    }
  }

  @Test
  void otherLogin_canServe_onceTheOwnerMigratedForIt() throws SQLException {
    DatabaseUrl owner = fresh("");
    try (Connection connection = connect(owner);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE \"some app\" LOGIN PASSWORD 'app'");
    }
    DatabaseUrl app =
        new DatabaseUrl(owner.jdbcUrl(), Optional.of("some app"), Optional.of(new Secret("app")));

    Migrations.Done done = new Migrations(owner).migrate(app.user());

    assertThat(done.applied()).isPositive();
    try (Database database = new Database(app, 1, new SimpleMeterRegistry())) {
      assertThat(database.problem()).isEmpty();
      assertThat(database.stores().keyStore().createOrganization("acme", Instant.EPOCH)).isTrue();
      assertThat(database.stores().keyStore().createOrganization("acme", Instant.EPOCH)).isFalse();
    }
  }

  /** Version 1 knew one time for what has not started and for what is not there. */
  @Test
  void version2_setsRecordsWithoutStepsBehindThoseOfStepsThatHaveNotStarted() throws SQLException {
    DatabaseUrl url = fresh("");
    Flyway.configure()
        .dataSource(
            url.jdbcUrl(), url.user().orElse(null), url.password().map(Secret::value).orElse(null))
        .locations("classpath:db/migration")
        .target("1")
        .load()
        .migrate();
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO step VALUES ('acme', 'r', 'there', NULL, 'b', 'note', 9223372036854775807, 0, 0, 1,
            'queued', '', '', ''), ('acme', 'r', 'started', NULL, 'b', 'note', 5, 0, 0, 1, 'queued', '', '', '');
          INSERT INTO artifact SELECT 'acme', 'of-' || s, 'parse', 'r', s, NULL, t, '{}'
          FROM (VALUES ('there', 9223372036854775807), ('gone', 9223372036854775807), ('started', 5))
            AS v (s, t)""");

      new Migrations(url).migrate(Optional.empty());

      statement.execute("SET ROLE workflow_steps_writer");
      ResultSet rows =
          statement.executeQuery(
              """
              SELECT string_agg(name || ' ' || sort_time, ', ' ORDER BY sort_time, name)
              FROM (SELECT step_id AS name, sort_time FROM step
                UNION ALL SELECT artifact_id, sort_time FROM artifact) AS all_rows""");
      rows.next();
      assertThat(rows.getString(1))
          .isEqualTo(
              "of-started 5, started 5, of-there %d, of-gone %d, there %d"
                  .formatted(
                      ArtifactPosition.STEP_NOT_STARTED,
                      ArtifactPosition.NO_STEP,
                      StepPosition.NOT_STARTED));
    }
  }

  @Test
  void databaseThatIsNoUtf8_isRefused() {
    assertThatThrownBy(
            () ->
                new Migrations(fresh("ENCODING 'LATIN1' TEMPLATE template0"))
                    .migrate(Optional.empty()))
        .isInstanceOfSatisfying(
            StartupException.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(e).hasMessageContaining("LATIN1").hasMessageContaining("UTF8");
            });
  }

  @Test
  void databaseThatIsNotThere_isSaidSo() {
    DatabaseUrl nowhere =
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/none", Optional.empty(), Optional.empty());

    assertThatThrownBy(() -> new Migrations(nowhere).migrate(Optional.empty()))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATABASE));
  }

  private static DatabaseUrl fresh(String options) {
    return TestDatabase.parsed(TestPostgres.freshDatabaseUrl(options));
  }

  private static Connection connect(DatabaseUrl url) throws SQLException {
    return DriverManager.getConnection(
        url.jdbcUrl(), url.user().orElseThrow(), url.password().map(Secret::value).orElse(null));
  }
}
