package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.postgres.AsOwner.execute;
import static dev.workflowsteps.server.postgres.AsOwner.query;
import static dev.workflowsteps.server.postgres.AsOwner.rows;
import static dev.workflowsteps.server.postgres.EarlierSchemas.migrateTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.steps.StepPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsIT {

  /** Everything about the schema that statements, plans and privileges depend on. */
  private static final String SCHEMA =
      """
      SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
        SELECT format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
          attnotnull, attcollation) FROM pg_attribute
        WHERE attrelid::regclass::text IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
          AND attnum > 0
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
          WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s %s %s', relname, reloptions, relacl, relrowsecurity,
          relforcerowsecurity) FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        UNION ALL SELECT format('%s %s %s %s %s %s', tablename, policyname, roles, cmd, qual, with_check)
          FROM pg_policies
        UNION ALL SELECT status FROM step_status) AS lines (line)""";

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
    execute(owner, "CREATE ROLE \"some app\" LOGIN PASSWORD 'app'");
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

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3", "4"})
  void databaseOfEveryEarlierVersion_migrates_toTheSchemaOfANewOne(String version)
      throws SQLException {
    DatabaseUrl fresh = fresh("");
    Migrations.Done all = new Migrations(fresh).migrate(Optional.empty());
    DatabaseUrl earlier = fresh("");
    migrateTo(version, earlier);
    String history = query(earlier, EarlierSchemas.HISTORY);
    boolean missing = !version.equals(all.version());

    assertThat(new Migrations(earlier).problem().isPresent()).isEqualTo(missing);
    Migrations.Done done = new Migrations(earlier).migrate(Optional.empty());

    assertThat(done.applied()).isEqualTo(all.applied() - Integer.parseInt(version));
    assertThat(done.version()).isEqualTo(all.version());
    assertThat(new Migrations(earlier).problem()).isEmpty();
    assertThat(schema(earlier)).isEqualTo(schema(fresh));
    // An earlier program that is started again finds what it wrote.
    assertThat(query(earlier, EarlierSchemas.HISTORY)).startsWith(history);
    assertThat(new Migrations(earlier).migrate(Optional.empty()).applied()).isZero();
  }

  @Test
  void schemaOfAnUnknownBuild_isRefused_andLeftAlone() throws SQLException {
    DatabaseUrl url = fresh("");
    migrateTo("1", url);
    execute(url, "UPDATE flyway_schema_history SET checksum = checksum + 1");

    assertFails(
        () -> new Migrations(url).migrate(Optional.empty()),
        ExitCode.MIGRATION,
        "version 1 of the schema was made by a build that this program doesn't know",
        "export the data with that build");
    assertThat(query(url, "SELECT count(*) FROM flyway_schema_history")).isEqualTo("1");
  }

  /** Version 1 knew one time for what has not started and for what is not there. */
  @Test
  void version2_setsRecordsWithoutStepsBehindThoseOfStepsThatHaveNotStarted() throws SQLException {
    DatabaseUrl url = fresh("");
    migrateTo("1", url);
    execute(
        url,
        """
        INSERT INTO organization VALUES ('acme', now());
        INSERT INTO step VALUES ('acme', 'r', 'there', NULL, 'b', 'note', 9223372036854775807, 0, 0, 1,
          'queued', '', '', ''), ('acme', 'r', 'started', NULL, 'b', 'note', 5, 0, 0, 1, 'queued', '', '', '');
        INSERT INTO artifact SELECT 'acme', 'of-' || s, 'parse', 'r', s, NULL, t, '{}'
        FROM (VALUES ('there', 9223372036854775807), ('gone', 9223372036854775807), ('started', 5))
          AS v (s, t)""");

    new Migrations(url).migrate(Optional.empty());

    assertThat(
            rows(
                url,
                """
                SELECT string_agg(name || ' ' || sort_time, ', ' ORDER BY sort_time, name)
                FROM (SELECT step_id AS name, sort_time FROM step
                  UNION ALL SELECT artifact_id, sort_time FROM artifact) AS all_rows"""))
        .isEqualTo(
            "of-started 5, started 5, of-there %d, of-gone %d, there %d"
                .formatted(
                    ArtifactPosition.STEP_NOT_STARTED,
                    ArtifactPosition.NO_STEP,
                    StepPosition.NO_TIME));
  }

  @Test
  void severalMigrations_atOnce_waitForEachOther() {
    DatabaseUrl url = fresh("");
    List<CompletableFuture<Migrations.Done>> running = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      running.add(
          CompletableFuture.supplyAsync(
              () -> new Migrations(url).migrate(Optional.empty()), OwnThread.EACH));
    }

    List<Integer> applied = running.stream().map(done -> done.join().applied()).sorted().toList();

    assertThat(applied.subList(0, 3)).containsOnly(0);
    assertThat(applied.get(3)).isPositive();
  }

  @Test
  void databaseThatIsNoUtf8_isRefused() {
    assertFails(
        () ->
            new Migrations(fresh("ENCODING 'LATIN1' TEMPLATE template0")).migrate(Optional.empty()),
        ExitCode.CONFIGURATION,
        "LATIN1",
        "UTF8");
  }

  @Test
  void databaseThatIsNotThere_isSaidSo() {
    DatabaseUrl nowhere =
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/none", Optional.empty(), Optional.empty());

    assertFails(
        () -> new Migrations(nowhere).migrate(Optional.empty()), ExitCode.DATABASE, "refused");
  }

  /** As hardened databases have it. */
  @Test
  void emptySearchPath_isNamed_andItsRemedyWorks() {
    String url = TestPostgres.freshDatabaseUrl();
    DatabaseUrl empty = TestDatabase.parsed(url + "&options=-c%20search_path=");

    assertFails(
        () -> new Migrations(empty).migrate(Optional.empty()),
        ExitCode.CONFIGURATION,
        "search_path (empty)",
        "currentSchema=public");
    assertThat(new Migrations(empty).problem().orElseThrow()).contains("search_path (empty)");

    DatabaseUrl named =
        TestDatabase.parsed(url + "&options=-c%20search_path=&currentSchema=public");
    new Migrations(named).migrate(Optional.empty());
    assertThat(new Migrations(named).problem()).isEmpty();
  }

  private static String schema(DatabaseUrl url) throws SQLException {
    return query(url, "workflow_steps_reader", SCHEMA);
  }

  private static void assertFails(Runnable migration, ExitCode code, String... words) {
    assertThatThrownBy(migration::run)
        .isInstanceOfSatisfying(
            StartupException.class,
            e -> {
              assertThat(e).hasMessageContainingAll(words);
              assertThat(e.exitCode()).isEqualTo(code);
            });
  }

  private static DatabaseUrl fresh(String options) {
    return TestDatabase.parsed(TestPostgres.freshDatabaseUrl(options));
  }
}
