package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;
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
      assertThat(database.keys().createOrganization("acme", Instant.EPOCH)).isTrue();
      assertThat(database.keys().createOrganization("acme", Instant.EPOCH)).isFalse();
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
