package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.DataDirectory;
import dev.workflowsteps.server.embedded.EmbeddedPostgres;
import dev.workflowsteps.server.embedded.TestDirectories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Logins with few rights, and what an administrator does for them. On a cluster of its own, as
 * roles belong to all databases of a cluster.
 */
class PrivilegesIT {

  private static final Optional<String> APP = Optional.of("some app");

  private EmbeddedPostgres cluster;
  private DatabaseUrl administrator;

  @BeforeEach
  void start() throws SQLException {
    DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");
    cluster = EmbeddedPostgres.start(directory, "tests", ProgressListener.NONE);
    administrator = login(EmbeddedPostgres.user(), cluster.password(), "workflow_steps");
    administrate(
        "CREATE ROLE owner LOGIN PASSWORD 'secret'",
        "GRANT owner TO " + EmbeddedPostgres.user(),
        "CREATE DATABASE steps OWNER owner");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void ownerWithoutCreaterole_isToldWhatAnAdministratorMustRun_andThenMigrates()
      throws SQLException {
    Migrations migrations = new Migrations(owner());

    assertFails(
        migrations,
        "CREATE ROLE workflow_steps_reader NOLOGIN",
        "permission denied to create role");
    assertThat(AsOwner.query(owner(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        .isEqualTo("0");

    List<String> script = migrations.administratorScript(APP).lines().toList();
    assertThat(script).element(1).isEqualTo("\\connect \"steps\"");
    assertThat(script.subList(2, script.size()))
        .containsExactly(
            "CREATE ROLE \"some app\" LOGIN;",
            "CREATE ROLE workflow_steps_reader NOLOGIN;",
            "CREATE ROLE workflow_steps_writer NOLOGIN;",
            "GRANT workflow_steps_reader TO \"some app\" WITH INHERIT FALSE, SET TRUE;",
            "GRANT workflow_steps_writer TO \"some app\" WITH INHERIT FALSE, SET TRUE;",
            "GRANT workflow_steps_writer TO \"owner\" WITH INHERIT FALSE, SET TRUE;");
    administrate(script.subList(2, 5).toArray(String[]::new));
    assertFails(
        migrations,
        "GRANT workflow_steps_reader TO \"some app\"",
        "permission denied to grant role \"workflow_steps_reader\"");
    administrate(script.subList(5, 8).toArray(String[]::new));

    assertThat(migrations.migrate(APP).applied()).isPositive();

    assertThat(migrations.administratorScript(APP)).isEqualTo("-- Nothing is missing.\n");
    administrate("ALTER ROLE \"some app\" PASSWORD 'secret'");
    DatabaseUrl app = login("some app", "secret", "steps");
    try (Database database = new Database(app, 1, new SimpleMeterRegistry())) {
      assertThat(database.problem()).isEmpty();
      assertThat(database.stores().keyStore().createOrganization("acme", Instant.EPOCH)).isTrue();
    }
    try (Connection other = TestDatabase.connect(owner());
        Database database = new Database(app, 1, new SimpleMeterRegistry())) {
      assertThat(other.isValid(1)).isTrue();
      assertThat(DatabaseStatisticsIT.names(DatabaseStatisticsIT.read(database.statistics())))
          .contains("workflow_steps_table_dead_rows", "workflow_steps_database_size_bytes")
          .doesNotContain("workflow_steps_database_longest_transaction_seconds");
    }
  }

  /** A second environment in the same cluster: the roles are there, and nobody's to grant. */
  @Test
  void ownerThatMayNotGrantTheRoles_canStillMigrateAgain_whenNothingIsMissing()
      throws SQLException {
    administrate(
        "CREATE ROLE workflow_steps_reader NOLOGIN",
        "CREATE ROLE workflow_steps_writer NOLOGIN",
        "GRANT workflow_steps_reader, workflow_steps_writer TO owner");
    Migrations migrations = new Migrations(owner());

    migrations.migrate(Optional.empty());

    assertThat(migrations.migrate(Optional.empty()).applied()).isZero();
  }

  @Test
  void loginThatMayNotCreateTables_isToldTheDatabasesWords_andTheGrant() throws SQLException {
    administrate("CREATE DATABASE foreign_steps");
    administrate(
        "CREATE ROLE workflow_steps_reader NOLOGIN",
        "CREATE ROLE workflow_steps_writer NOLOGIN",
        "GRANT workflow_steps_reader, workflow_steps_writer TO owner");
    Migrations migrations = new Migrations(login("owner", "secret", "foreign_steps"));

    assertThatThrownBy(() -> migrations.migrate(Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessageContainingAll("(ERROR: permission denied for schema public)", "migrate --print");

    String script = migrations.administratorScript(Optional.empty());
    assertThat(script).endsWith("GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"owner\";\n");
    AsOwner.execute(
        login(EmbeddedPostgres.user(), cluster.password(), "foreign_steps"),
        script.substring(script.indexOf("GRANT")));
    assertThat(migrations.migrate(Optional.empty()).applied()).isPositive();
  }

  @Test
  void loginThatMayNotReadTheVersion_isToldToMigrateForIt() throws SQLException {
    new Migrations(administrator).migrate(Optional.empty());
    Migrations owner = new Migrations(login("owner", "secret", "workflow_steps"));

    assertThat(owner.problem().orElseThrow())
        .contains(
            "permission denied for table flyway_schema_history", "run workflow-steps migrate");

    new Migrations(administrator).migrate(Optional.of("owner"));
    assertThat(owner.problem()).isEmpty();
  }

  @Test
  void loginThatMayNotTakeTheRoles_isToldToMigrateForIt() throws SQLException {
    new Migrations(administrator).migrate(Optional.empty());
    administrate("GRANT SELECT ON flyway_schema_history TO owner");
    DatabaseUrl owner = login("owner", "secret", "workflow_steps");

    try (Database database = new Database(owner, 1, new SimpleMeterRegistry())) {
      assertThat(database.problem().orElseThrow())
          .startsWith("the login may not take the roles")
          .contains("permission denied to set role", "run workflow-steps migrate");
    }
  }

  /** As a login that took the place of another. */
  @Test
  void loginThatDoesNotOwnTheTables_isToldToBeGrantedTheirOwner() throws SQLException {
    new Migrations(administrator).migrate(Optional.empty());
    Migrations owner = new Migrations(login("owner", "secret", "workflow_steps"));

    assertThat(owner.administratorScript(Optional.empty()))
        .contains("GRANT \"" + EmbeddedPostgres.user() + "\" TO \"owner\";\n");
  }

  @Test
  void ownerOfTheTables_isToldToTakeARole_whoeverMigratedThem() throws SQLException {
    administrate("ALTER ROLE owner CREATEROLE");
    EarlierSchemas.migrateTo("1", owner());
    AsOwner.execute(
        owner(),
        "GRANT workflow_steps_reader, workflow_steps_writer TO " + EmbeddedPostgres.user());
    // Nobody who inherits the roles.
    AsOwner.execute(owner(), "REVOKE workflow_steps_reader, workflow_steps_writer FROM owner");

    new Migrations(login(EmbeddedPostgres.user(), cluster.password(), "steps"))
        .migrate(Optional.empty());

    assertThatThrownBy(() -> AsOwner.query(owner(), "SELECT count(*) FROM step_status"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("run SET ROLE workflow_steps_writer first");
  }

  private static void assertFails(Migrations migrations, String statement, String words) {
    assertThatThrownBy(() -> migrations.migrate(APP))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MIGRATION))
        .hasMessageContainingAll(statement, "(ERROR: " + words + ")", "migrate --print");
  }

  private void administrate(String... statements) throws SQLException {
    for (String statement : statements) {
      AsOwner.execute(administrator, statement);
    }
  }

  private DatabaseUrl owner() {
    return login("owner", "secret", "steps");
  }

  private DatabaseUrl login(String user, String password, String database) {
    return new DatabaseUrl(
        cluster.jdbcUrl().replaceFirst("/workflow_steps(?=\\?)", "/" + database),
        Optional.of(user),
        Optional.of(new Secret(password)));
  }
}
