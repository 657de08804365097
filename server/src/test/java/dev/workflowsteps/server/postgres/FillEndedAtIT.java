package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.postgres.AsOwner.query;
import static dev.workflowsteps.server.postgres.AsOwner.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code ended_at} of rows that servers without the column wrote, and lists meanwhile. */
class FillEndedAtIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Instant TIME = Instant.parse("2026-03-12T09:00:00.000001Z");
  private static final long MICROS = TIME.getEpochSecond() * 1_000_000 + 1;

  /** Each row with its time and its form. */
  private static final String TIMES =
      """
      SELECT string_agg(concat_ws(' ', organization_id, run_id, step_id, ended_at, form_version), E'\\n'
        ORDER BY organization_id, run_id, step_id)
      FROM step""";

  private static final String FILLED = "SELECT count(*) FROM step WHERE form_version = 2";

  /** What a server without the column does to a row that it changes. */
  private static final String WRITE_EARLIER =
      "UPDATE step SET form_version = 1, status = ?, head = ?"
          + " WHERE organization_id = ? AND run_id = ? AND step_id = ?";

  /** As a migration leaves the schema that was killed before it filled anything. */
  private static final String FORGET_THE_FILL =
      """
      DROP INDEX step_to_fill;
      ALTER TABLE api_key DROP COLUMN scopes;
      DROP TABLE api_key_use;
      DELETE FROM flyway_schema_history WHERE installed_rank
        > (SELECT installed_rank FROM flyway_schema_history WHERE version = '5')""";

  private DatabaseUrl url;
  private Database database;

  @BeforeEach
  void open() {
    url = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());
    database = new Database(url, 2, new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void everyKindOfRow_isFilledAsTheWriterWrites() throws SQLException {
    migrate();
    record("acme", everyKind());
    record("umbrella", everyKind());
    String written = times();
    execute("UPDATE step SET form_version = 1, ended_at = NULL WHERE organization_id = 'acme'");
    execute("UPDATE step SET form_version = 1, ended_at = 5 WHERE organization_id = 'umbrella'");

    Migrations.Done done = migrate();

    assertThat(done.filled()).isEqualTo(2L * everyKind().size());
    assertThat(done.left()).isZero();
    assertThat(times()).isEqualTo(written);
    assertThat(migrate().filled()).isZero();
  }

  @Test
  void rowsOfTheVersionBefore_areFilledByTheMigration() throws SQLException {
    EarlierSchemas.migrateTo("4", url);
    insertEarlier("acme", everyKind());

    Migrations.Done done = migrate();

    assertThat(done.filled()).isEqualTo(everyKind().size());
    String filled = times();
    execute("DELETE FROM step");
    record("acme", everyKind());
    assertThat(filled).isEqualTo(times());
  }

  /** Of a broken step only the columns are known. */
  @Test
  void brokenHeads_stopNothing_andGetTheStartIfTheyHaveEnded() throws SQLException {
    migrate();
    record(
        "acme",
        List.of(
            step("a", "error", TIME, TIME.plusSeconds(1), null),
            step("b", "error", null, TIME.plusSeconds(1), null),
            step("c", "running", TIME, null, null),
            step("d", "completed", TIME, TIME.plusSeconds(1), null)));
    execute("UPDATE step SET form_version = 1, ended_at = NULL");
    execute("UPDATE step SET head = '\\xffff' WHERE step_id IN ('a', 'b', 'c')");

    Migrations.Done done = migrate();

    assertThat(done.filled()).isEqualTo(4);
    assertThat(times().lines())
        .containsExactly(
            "acme run_1 a " + MICROS + " 2",
            "acme run_1 b " + StepPosition.NO_TIME + " 2",
            "acme run_1 c " + StepPosition.NO_TIME + " 2",
            "acme run_1 d " + (MICROS + 1_000_000) + " 2");
  }

  @Test
  void filledRow_thatAnEarlierServerOverwrites_isFilledAgain() throws SQLException {
    migrate();
    record("acme", List.of(step("a", "running", TIME, null, null)));
    writeEarlier("acme", step("a", "completed", TIME, TIME.plusSeconds(9), null));
    assertThat(times()).isEqualTo("acme run_1 a " + StepPosition.NO_TIME + " 1");

    Migrations.Done done = migrate();

    assertThat(done.applied()).isZero();
    assertThat(done.filled()).isEqualTo(1);
    assertThat(times()).isEqualTo("acme run_1 a " + (MICROS + 9_000_000) + " 2");
  }

  @Test
  void row_thatChangesBeneathTheFill_isLeft_andCounted() throws Exception {
    migrate();
    record("acme", List.of(step("a", "completed", TIME, null, null)));
    execute("UPDATE step SET form_version = 1, ended_at = NULL");
    CompletableFuture<Migrations.Done> running;
    try (Connection earlier = AsOwner.connectAsWriter(url)) {
      earlier.setAutoCommit(false);
      writeEarlier(earlier, "acme", step("a", "completed", TIME, TIME.plusSeconds(9), null));
      running = CompletableFuture.supplyAsync(this::migrate, OwnThread.EACH);
      await().atMost(PATIENCE).until(this::isWaiting);
      earlier.commit();
    }

    Migrations.Done done = running.get(2, TimeUnit.MINUTES);

    assertThat(done.filled()).isZero();
    assertThat(done.left()).isEqualTo(1);
    assertThat(times()).isEqualTo("acme run_1 a 1");
    assertThat(migrate().filled()).isEqualTo(1);
    assertThat(times()).isEqualTo("acme run_1 a " + (MICROS + 9_000_000) + " 2");
  }

  @Test
  void killedMidway_isFinishedByTheNextRun_withoutChangingARowTwice() throws Exception {
    migrate();
    AsOwner.execute(url, FORGET_THE_FILL);
    List<WorkflowStep> steps =
        IntStream.range(0, 2_000)
            .mapToObj(i -> step("%04d".formatted(i), "completed", TIME, null, null))
            .toList();
    insertEarlier("acme", steps);
    insertEarlier("umbrella", steps);
    TestMigrations.kill(
        TestMigrations.CONCURRENT_INDEX,
        url,
        "organization_id = 'umbrella' AND step_id = '1003'",
        this::isWaiting);
    assertThat(Integer.parseInt(rows(url, FILLED))).isBetween(2_001, 3_999);
    String versions =
        "SELECT string_agg(xmin::text, ' ' ORDER BY organization_id, step_id) FROM step"
            + " WHERE organization_id = 'acme'";
    String before = rows(url, versions);
    assertThat(database.problem()).isPresent();

    Migrations.Done done = migrate();

    assertThat(done.filled()).isBetween(1L, 1_999L);
    assertThat(rows(url, FILLED)).isEqualTo("4000");
    assertThat(rows(url, versions)).isEqualTo(before);
    assertThat(database.problem()).isEmpty();
  }

  @Test
  void lists_byEnd_areUnavailable_whileAStepOfTheirOrganizationIsToBeFilled() throws SQLException {
    migrate();
    record("acme", everyKind());
    record("umbrella", everyKind());
    writeEarlier("acme", step("kind-0", "completed", TIME, TIME.plusSeconds(9), null));
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    Logger logger = (Logger) LoggerFactory.getLogger(PostgresStepStore.class);
    logger.addAppender(logged);
    try {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> scan("acme", SortBy.ENDED_AT))
            .isInstanceOfSatisfying(
                FailedCallException.class,
                e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.NOT_MIGRATED))
            .hasMessageContainingAll("\"acme\"", "run workflow-steps migrate");
        assertThat(scan("umbrella", SortBy.ENDED_AT)).isEqualTo(everyKind().size());
        assertThat(scan("acme", SortBy.STARTED_AT)).isEqualTo(everyKind().size());
      }
    } finally {
      logger.detachAppender(logged);
    }
    assertThat(logged.list).hasSize(1);
    assertThat(logged.list.get(0).getFormattedMessage())
        .contains("\"acme\"", "run workflow-steps migrate once the last such server has stopped");

    assertThat(migrate().filled()).isEqualTo(1);

    assertThat(scan("acme", SortBy.ENDED_AT)).isEqualTo(everyKind().size());
  }

  /** Whether any is left is asked before the page is read: afterwards it may have been filled. */
  @Test
  void list_byEnd_isUnavailable_ifItsStepsAreFilledWhileItIsRead() throws Exception {
    migrate();
    record("acme", List.of(step("a", "completed", TIME, null, null)));
    execute("UPDATE step SET form_version = 1, ended_at = NULL");
    CompletableFuture<Integer> list;
    try (Connection locker = AsOwner.connect(url)) {
      locker.setAutoCommit(false);
      // Lists ask for the number of states when they have read their rows.
      TestDatabase.execute(locker, "LOCK TABLE step_status IN ACCESS EXCLUSIVE MODE");
      list = CompletableFuture.supplyAsync(() -> scan("acme", SortBy.ENDED_AT), OwnThread.EACH);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  query(
                          url,
                          "SELECT count(*) FROM pg_locks WHERE relation = 'step_status'::regclass"
                              + " AND NOT granted")
                      .equals("1"));
      execute("UPDATE step SET form_version = 2, ended_at = sort_time");
      locker.rollback();
    }

    assertThatThrownBy(() -> list.get(2, TimeUnit.MINUTES))
        .hasRootCauseInstanceOf(FailedCallException.class)
        .hasMessageContaining("can't be sorted by ended_at");
  }

  /** The list after the cursor comes later: meanwhile the step may have been filled. */
  @ParameterizedTest
  @CsvSource({"NULL", "5"})
  void cursor_thatIsAStepWithoutItsTime_isUnavailable(String endedAt) throws SQLException {
    migrate();
    record("acme", List.of(step("a", "completed", TIME, null, null)));
    execute("UPDATE step SET form_version = 1, ended_at = " + endedAt);

    for (Optional<String> runId : List.of(Optional.<String>empty(), Optional.of("run_1"))) {
      assertThatThrownBy(
              () ->
                  database
                      .stores()
                      .stepStore()
                      .positions("acme", "a", runId, SortBy.ENDED_AT, 2, Call.within(PATIENCE)))
          .isInstanceOfSatisfying(
              FailedCallException.class,
              e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.NOT_MIGRATED));
    }
  }

  /** Also by the plan that a connection made while the table was empty. */
  @Test
  void stepsToFill_areLookedForInTheirIndex() throws SQLException {
    migrate();
    String plan = planOfTheCheck();
    assertThat(plan).contains("step_to_fill");
    record("acme", everyKind());
    assertThat(planOfTheCheck()).isEqualTo(plan);
    AsOwner.execute(url, "VACUUM ANALYZE step");
    assertThat(planOfTheCheck()).contains("step_to_fill");
  }

  private String planOfTheCheck() throws SQLException {
    try (Connection connection = AsOwner.connect(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          TransactionSettings.READER.replaceFirst("\\?", "'acme'").replaceFirst("\\?", "'30000'"));
      statement.execute(
          "PREPARE looked (text) AS " + PostgresStepStore.ANY_TO_FILL.replace("?", "$1"));
      StringBuilder plan = new StringBuilder();
      try (var lines = statement.executeQuery("EXPLAIN (COSTS OFF) EXECUTE looked ('acme')")) {
        while (lines.next()) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
      return plan.toString();
    }
  }

  /** Every state with every set of times. */
  private static List<WorkflowStep> everyKind() {
    List<WorkflowStep> steps = new ArrayList<>();
    for (String status : Words.STATUS.all()) {
      for (int times = 0; times < 8; times++) {
        steps.add(
            step(
                "kind-" + steps.size(),
                status,
                (times & 1) == 0 ? null : TIME,
                (times & 2) == 0 ? null : TIME.plusSeconds(60),
                (times & 4) == 0 ? null : TIME.minusSeconds(60)));
      }
    }
    return steps;
  }

  private static WorkflowStep step(
      String id, String status, Instant started, Instant completed, Instant created) {
    AStep step =
        AStep.named(id).status(status).startedAt(started == null ? null : started.toString());
    if (completed != null) {
      step.completedAt(completed);
    }
    if (created != null) {
      step.createdAt(created);
    }
    return step.build();
  }

  private Migrations.Done migrate() {
    return new Migrations(url).migrate(Optional.empty());
  }

  private int scan(String organization, SortBy sortBy) {
    return database
        .stores()
        .stepStore()
        .scan(
            new Scan<>(
                StepFilter.all(organization).withSortBy(sortBy),
                Direction.ASCENDING,
                Optional.empty(),
                1_000,
                Long.MAX_VALUE),
            Call.within(PATIENCE))
        .size();
  }

  private void record(String organization, List<WorkflowStep> steps) {
    database.stores().keyStore().createOrganization(organization, Instant.EPOCH);
    database
        .stores()
        .stepWriter()
        .write(organization, steps.stream().map(StepRecord::of).toList(), Call.within(PATIENCE));
  }

  /** As a server without the column wrote rows. */
  private void insertEarlier(String organization, List<WorkflowStep> steps) throws SQLException {
    try (Connection writer = AsOwner.connectAsWriter(url);
        PreparedStatement insert =
            writer.prepareStatement(
                "INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type,"
                    + " status, retry_count, form_version, withheld_bytes, head, outputs, inputs)"
                    + " VALUES (?, ?, ?, ?, 'b', 'note', ?, 0, 1, 0, ?, '', '')")) {
      writer
          .createStatement()
          .execute("INSERT INTO organization VALUES ('" + organization + "', 'epoch')");
      for (WorkflowStep step : steps) {
        StepRecord record = StepRecord.of(step);
        insert.setString(1, organization);
        insert.setString(2, step.getRunId());
        insert.setString(3, step.getStepId());
        insert.setLong(4, record.position().sortTime());
        insert.setString(5, record.status());
        insert.setBytes(6, record.encoded().head());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void writeEarlier(String organization, WorkflowStep step) throws SQLException {
    try (Connection writer = AsOwner.connectAsWriter(url)) {
      writeEarlier(writer, organization, step);
    }
  }

  private static void writeEarlier(Connection writer, String organization, WorkflowStep step)
      throws SQLException {
    StepRecord record = StepRecord.of(step);
    try (PreparedStatement update = writer.prepareStatement(WRITE_EARLIER)) {
      update.setString(1, record.status());
      update.setBytes(2, record.encoded().head());
      update.setString(3, organization);
      update.setString(4, step.getRunId());
      update.setString(5, step.getStepId());
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  /** Whether the migration waits for the lock of a row. */
  private boolean isWaiting() throws SQLException {
    return query(
            url,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'workflow-steps migrations'"
                + " AND wait_event_type = 'Lock' AND query LIKE 'UPDATE step %'")
        .equals("1");
  }

  private String times() throws SQLException {
    return rows(url, TIMES);
  }

  private void execute(String sql) throws SQLException {
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }
}
