package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Steps and their records, written at the same moment: each record ends where its step is. */
class ConcurrentPlacesIT {

  private static final int ROUNDS = 60;
  private static final int OF_A_RUN = 40;

  private static TestDatabase.Open database;

  private final String acme = database.organization("acme");

  @BeforeAll
  static void open() {
    database = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void stepsAndRecords_firstWrittenAtOnce_areInOnePlace() throws Exception {
    atOnce(
        round -> record("run-" + round, "2026-01-01T00:00:01Z"),
        round -> recordArtifacts("run-" + round));

    assertThat(misplaced()).isZero();
  }

  @Test
  void stepsThatStart_whileTheirRecordsCome_takeThemAlong() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      record("run-" + round, null);
    }
    atOnce(
        round -> record("run-" + round, "2026-01-01T00:00:01Z"),
        round -> recordArtifacts("run-" + round));

    assertThat(misplaced()).isZero();
  }

  private interface Round {
    void run(int round);
  }

  private static void atOnce(Round one, Round other) throws Exception {
    CyclicBarrier begin = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = threads.submit(() -> rounds(begin, one));
      Future<?> second = threads.submit(() -> rounds(begin, other));
      first.get();
      second.get();
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void rounds(CyclicBarrier begin, Round each) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      begin.await();
      each.run(round);
    }
    return null;
  }

  private void record(String run, String startedAt) {
    List<WorkflowStep> steps =
        IntStream.range(0, OF_A_RUN)
            .mapToObj(
                i ->
                    AStep.named("s" + i)
                        .run(run)
                        .block("b" + i)
                        .status("running")
                        .startedAt(startedAt)
                        .build())
            .toList();
    new StepRecorder(database.database().stores().stepWriter()).record(acme, steps, call());
  }

  private void recordArtifacts(String run) {
    List<Artifact> artifacts =
        IntStream.range(0, OF_A_RUN)
            .mapToObj(i -> AnArtifact.of(run + "-" + i, run, "s" + i, "1"))
            .toList();
    new ArtifactRecorder(database.database().stores().artifactWriter())
        .record(acme, artifacts, call());
  }

  private int misplaced() throws SQLException {
    try (Connection connection = database.connectAsWriter();
        PreparedStatement count =
            connection.prepareStatement(
                "SELECT count(*) FILTER (WHERE s.sort_time IS DISTINCT FROM a.sort_time"
                    + " OR s.block_id IS DISTINCT FROM a.block_id), count(*)"
                    + " FROM artifact a LEFT JOIN step s USING (organization_id, run_id, step_id)"
                    + " WHERE organization_id = ?")) {
      count.setString(1, acme);
      try (ResultSet row = count.executeQuery()) {
        row.next();
        assertThat(row.getInt(2)).isEqualTo(ROUNDS * OF_A_RUN);
        return row.getInt(1);
      }
    }
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
