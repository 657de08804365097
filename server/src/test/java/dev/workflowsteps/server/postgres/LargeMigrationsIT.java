package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.postgres.AsOwner.query;
import static dev.workflowsteps.server.postgres.AsOwner.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What isn't one transaction, interrupted and beside others. */
class LargeMigrationsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int STEPS = 2_500;

  /** Longer than a migration waits for a lock at a time. */
  private static final long LONGER_THAN_A_TRY_MILLIS = 3_000;

  private static final String CHANGED =
      "SELECT count(*) FROM step WHERE retry_count BETWEEN 1000000 AND 1000001";
  private static final String VALID =
      "SELECT string_agg(indisvalid::text, ' ') FROM pg_index JOIN pg_class ON oid = indexrelid"
          + " WHERE relname = '"
          + TestMigrations.INDEX
          + "'";
  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND application_name = 'workflow-steps migrations'";

  private static final String WAITING = SESSIONS + " AND wait_event_type = 'Lock'";

  private DatabaseUrl url;

  @BeforeEach
  void fill() throws SQLException {
    url = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());
    new Migrations(url).migrate(Optional.empty());
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      statement.execute(
          """
          INSERT INTO organization VALUES ('acme', 'epoch'), ('umbrella', 'epoch');
          INSERT INTO step (organization_id, run_id, step_id, workflow_id, block_id, block_type,
            sort_time, withheld_bytes, retry_count, form_version, status, outputs, inputs, head)
          SELECT name, 'r', lpad(i::text, 6, '0'), NULL, 'b', 'note', i, 0, i %% 2, 2,
            'queued', '', '', ''
          FROM unnest(ARRAY['acme', 'umbrella']) AS name, generate_series(1, %d) AS i"""
              .formatted(STEPS));
    }
  }

  @Test
  void batches_killedMidway_areFinishedByTheNextRun_withoutChangingARowTwice() throws Exception {
    TestMigrations.kill(
        TestMigrations.BATCHES,
        url,
        "organization_id = 'acme' AND step_id = '002200'",
        () -> rows(url, CHANGED).equals("2000"));
    String versions =
        "SELECT string_agg(xmin::text, ' ' ORDER BY step_id) FROM step"
            + " WHERE organization_id = 'acme' AND step_id <= '002000'";
    String before = rows(url, versions);
    assertThat(rows(url, CHANGED)).isEqualTo("2000");
    Migrations migrations = TestMigrations.with(TestMigrations.BATCHES, url);
    assertThat(migrations.problem()).isPresent();

    assertThat(migrations.migrate(Optional.empty()).applied()).isEqualTo(1);

    assertThat(rows(url, CHANGED)).isEqualTo(String.valueOf(2 * STEPS));
    assertThat(rows(url, versions)).isEqualTo(before);
    assertThat(migrations.problem()).isEmpty();
  }

  @Test
  void batches_waitForWriters_inShortTries() throws Exception {
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("LOCK TABLE step IN SHARE MODE");

      CompletableFuture<Migrations.Done> running =
          CompletableFuture.supplyAsync(
              () -> TestMigrations.with(TestMigrations.BATCHES, url).migrate(Optional.empty()),
              OwnThread.EACH);
      await().atMost(PATIENCE).until(() -> query(url, WAITING).equals("1"));
      TimeUnit.MILLISECONDS.sleep(LONGER_THAN_A_TRY_MILLIS);
      assertThat(running).isNotDone();
      writer.rollback();

      assertThat(running.get(2, TimeUnit.MINUTES).applied()).isEqualTo(1);
    }
    assertThat(rows(url, CHANGED)).isEqualTo(String.valueOf(2 * STEPS));
  }

  /** The cause is in the data here: a block id of no length. */
  @Test
  void batches_thatFail_giveTheDatabasesWords_andGoOnOnceTheCauseIsFixed() throws Exception {
    execute("UPDATE step SET block_id = '' WHERE organization_id = 'acme' AND step_id = '001500'");
    Migrations migrations = TestMigrations.with(TestMigrations.BATCHES, url);

    assertThatThrownBy(() -> migrations.migrate(Optional.empty()))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MIGRATION))
        .hasMessageContainingAll("(ERROR: division by zero)", "run workflow-steps migrate again");
    assertThat(rows(url, CHANGED)).isEqualTo("1000");
    assertThat(migrations.problem()).isPresent();

    execute("UPDATE step SET block_id = 'b' WHERE block_id = ''");
    assertThat(migrations.migrate(Optional.empty()).applied()).isEqualTo(1);
    assertThat(rows(url, CHANGED)).isEqualTo(String.valueOf(2 * STEPS));
  }

  @Test
  void index_killedMidway_isDroppedAndBuiltAgain() throws Exception {
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("UPDATE step SET retry_count = 5 WHERE step_id = '000001'");
      Process process = TestMigrations.start(TestMigrations.CONCURRENT_INDEX, url);
      await().atMost(PATIENCE).until(() -> "false".equals(query(url, VALID)));
      String session =
          query(url, SESSIONS.replace("count(*)", "min(pid)") + " AND state = 'active'");
      // It waits for the transaction as long as it takes, and stops nobody.
      TimeUnit.MILLISECONDS.sleep(LONGER_THAN_A_TRY_MILLIS);
      execute("UPDATE step SET retry_count = 7 WHERE step_id = '000002'");
      assertThat(process.isAlive()).isTrue();
      assertThat(query(url, SESSIONS + " AND pid = " + session)).isEqualTo("1");

      process.destroyForcibly().waitFor();

      // The transaction that it waited for is still open.
      await().atMost(PATIENCE).until(() -> query(url, SESSIONS).equals("0"));
      writer.rollback();
    }
    assertThat(query(url, VALID)).isEqualTo("false");
    Migrations migrations = TestMigrations.with(TestMigrations.CONCURRENT_INDEX, url);
    assertThat(migrations.problem()).isPresent();

    assertThat(migrations.migrate(Optional.empty()).applied()).isEqualTo(1);

    assertThat(query(url, VALID)).isEqualTo("true");
    assertThat(migrations.problem()).isEmpty();
  }

  /** Its client was killed between the index and the note that it is there. */
  @Test
  void index_thatIsThere_isKept() throws Exception {
    AsOwner.execute(
        url,
        "CREATE INDEX " + TestMigrations.INDEX + " ON step (organization_id, block_type, step_id)");
    String oid = "SELECT '" + TestMigrations.INDEX + "'::regclass::oid";
    String before = query(url, oid);

    TestMigrations.with(TestMigrations.CONCURRENT_INDEX, url).migrate(Optional.empty());

    assertThat(query(url, oid)).isEqualTo(before);
  }

  /** Else its locks would stay for the two hours that TCP waits. */
  @Test
  void sessions_noticeThatTheirClientVanished() {
    List<String> idle = new ArrayList<>();
    LargeMigration reading =
        new LargeMigration("9001", "reads a setting") {
          @Override
          public void migrate(Context context) throws SQLException {
            try (Statement statement = context.getConnection().createStatement();
                ResultSet row = statement.executeQuery("SHOW tcp_keepalives_idle")) {
              row.next();
              idle.add(row.getString(1));
            }
          }
        };

    new Migrations(url, ProgressListener.NONE, List.of(reading)).migrate(Optional.empty());

    assertThat(idle).containsExactly("30");
  }

  private void execute(String sql) throws SQLException {
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }
}
