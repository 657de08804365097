package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Steps that came and went do not make the page of those under way dear: their dead index entries
 * are cleared away by the autovacuum that the migration asks for, and by nobody else here. {@code
 * -Dwfs.test.churn.steps=100000} takes more steps.
 */
class ChurnIT {

  private static final int STEPS = Integer.getInteger("wfs.test.churn.steps", 40_000);
  private static final int STILL_RUNNING = 60;
  private static final int BATCH = 1_000;
  private static final int ROWS = 51;

  /** As the migration sets it. */
  private static final int VACUUM_THRESHOLD = 5_000;

  /**
   * Once a vacuum came that began after they died, at most as many dead rows are left as make the
   * next one come. In the worst case all of them were running, and the page has to pass them all:
   * each costs a look at its row, and they fill at most 5,000 × 120 bytes of half-full leaves, 147
   * of them. The page itself takes a look at each of its 51 rows, and some to find its beginning.
   *
   * <p>What dies while a vacuum runs is not cleared by it, nor counted afterwards: it waits for the
   * next one, which comes as life goes on. Hence {@link #lifeGoesOn}.
   */
  private static final int MOST_BUFFERS = VACUUM_THRESHOLD + 147 + ROWS + 20;

  /** Autovacuum looks once in {@code autovacuum_naptime}, and takes some seconds itself. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String VACUUMS =
      "SELECT autovacuum_count FROM pg_stat_user_tables WHERE relname = 'step'";

  private static final String OTHER_CHANGES =
      """
      UPDATE step SET status = CASE status WHEN 'completed' THEN 'skipped' ELSE 'completed' END
      WHERE organization_id = 'cost' AND (run_id, step_id) IN (
        SELECT run_id, step_id FROM step
        WHERE organization_id = 'cost' AND status <> 'running' LIMIT 6000)""";

  @Test
  void pageOfRunningSteps_afterManyLives_readsAtMostWhatAVacuumLeaves() throws SQLException {
    try (TestDatabase.Open database = TestDatabase.open();
        Connection writer = database.connectAsWriter()) {
      live(new StepRecorder(database.database().stores().stepWriter()));
      // The first may have begun before the last step was written.
      lifeGoesOn(writer);
      lifeGoesOn(writer);
      PageCosts.Cost first;
      try (PageCosts pages = PageCosts.on(database.connect())) {
        first = pages.cost(running());
      }

      assertThat(first.rows()).isEqualTo(ROWS);
      assertThat(first.buffers()).isLessThanOrEqualTo(MOST_BUFFERS);
    }
  }

  /** Batch behind batch goes through its states, three batches under way; some stay running. */
  private static void live(StepRecorder recorder) {
    for (int i = 0; i < STEPS + 2 * BATCH; i += BATCH) {
      for (int state = 0; state < Lives.STATES.size(); state++) {
        int from = i - state * BATCH;
        int last = state == 2 ? STEPS - STILL_RUNNING : STEPS;
        int to = Math.min(from + BATCH, last);
        if (from >= 0 && from < to) {
          String status = Lives.STATES.get(state);
          List<WorkflowStep> steps =
              IntStream.range(from, to).mapToObj(n -> Lives.step(scattered(n), status)).toList();
          recorder.record(PageCosts.ORGANIZATION, steps, Call.within(Duration.ofMinutes(1)));
        }
      }
    }
  }

  /** In the order of the list neighbours don't lie side by side: looking at each is one buffer. */
  private static int scattered(int number) {
    return (int) (number * 61_813L % STEPS);
  }

  private static Scan<StepFilter, StepPosition> running() {
    return new Scan<>(
        PageCosts.filter("", "", "", "", List.of(), List.of("running")),
        Direction.ASCENDING,
        Optional.empty(),
        ROWS,
        Long.MAX_VALUE);
  }

  /**
   * Steps that are done change, enough for a vacuum, until it was there; no step runs meanwhile.
   */
  private static void lifeGoesOn(Connection writer) throws SQLException {
    long before = vacuums(writer);
    try (Statement statement = writer.createStatement()) {
      assertThat(statement.executeUpdate(OTHER_CHANGES)).isGreaterThan(VACUUM_THRESHOLD);
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .until(() -> vacuums(writer) > before);
  }

  private static long vacuums(Connection writer) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery(VACUUMS)) {
      row.next();
      return row.getLong(1);
    }
  }
}
