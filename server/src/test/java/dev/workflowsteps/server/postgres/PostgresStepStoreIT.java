package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StepStoreContract;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.stores.Stores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PostgresStepStoreIT extends StepStoreContract {

  /** As much as a payload in a row may have. */
  private static final String LARGE = '"' + "x".repeat(60_000) + '"';

  private static TestDatabase.Open open;
  private static Database database;

  @BeforeAll
  static void open() {
    open = TestDatabase.open();
    database = open.database();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Override
  protected Stores stores() {
    return TestDatabase.stores(database);
  }

  @Override
  protected void addStatus(String status) {
    try (Connection owner = open.connect()) {
      for (String sql :
          List.of(
              "ALTER TABLE step_status NO FORCE ROW LEVEL SECURITY",
              "INSERT INTO step_status (status) VALUES ('" + status + "')",
              "ALTER TABLE step_status FORCE ROW LEVEL SECURITY")) {
        TestDatabase.execute(owner, sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void scan_ofLargeRows_readsLittleMoreThanThePageTakes() {
    List<WorkflowStep> steps =
        IntStream.range(0, 51)
            .mapToObj(i -> AStep.named("large-" + i).output("out", LARGE).output("more", LARGE))
            .map(AStep::build)
            .toList();
    String organization = "large-" + UUID.randomUUID();
    new StepRecorder(writer()).record(organization, steps, Call.within(Duration.ofSeconds(30)));

    for (int rows : List.of(2, 20, 51)) {
      Scan<StepFilter, StepPosition> scan =
          new Scan<>(
              StepFilter.all(organization), Direction.ASCENDING, Optional.empty(), rows, 500_000);
      long read =
          store().scan(scan, Call.within(Duration.ofSeconds(30))).stream()
              .mapToLong(StoredStep::size)
              .sum();

      assertThat(read).isBetween(240_000L, 500_000L + 2 * 130_000);
    }
  }

  /** The other list replaces the store's copy of the states, from which this one's ranges are. */
  @Test
  void scan_hasTheStepsInANewState_alsoIfAnotherListFindsTheStateMeanwhile() {
    String organization = "states-" + UUID.randomUUID();
    Duration patience = Duration.ofSeconds(30);
    StepRecorder recorder = new StepRecorder(writer());
    recorder.record(
        organization, List.of(AStep.named("a").status("running").build()), Call.within(patience));
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(
            StepFilter.all(organization).withExcludedStatuses(List.of("completed")),
            Direction.ASCENDING,
            Optional.empty(),
            2,
            1_000_000);
    assertThat(store().scan(scan, Call.within(patience))).hasSize(1);
    String added = "paused-" + UUID.randomUUID();
    addStatus(added);
    try (Connection writer = open.connectAsWriter()) {
      TestDatabase.execute(
          writer,
          "UPDATE step SET status = '%s' WHERE organization_id = '%s'"
              .formatted(added, organization));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }

    Call overtaken =
        new Call() {
          @Override
          public Duration remaining() {
            return patience;
          }

          /** Asked when the statement is made, and not run yet. */
          @Override
          public Registration onCancel(Runnable action) {
            assertThat(store().scan(scan, Call.within(patience))).hasSize(1);
            return () -> {};
          }
        };

    assertThat(store().scan(scan, overtaken)).hasSize(1);
  }

  /** PostgreSQL can be told only of what it runs already. */
  @Test
  void callerGoneBeforeTheStatement_nothingIsAskedOrWritten() {
    String organization = "gone-" + UUID.randomUUID();
    Call gone = new GoneCall();
    StepRecorder recorder = new StepRecorder(writer());
    List<WorkflowStep> steps = List.of(AStep.named("late").build());
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(
            StepFilter.all(organization), Direction.ASCENDING, Optional.empty(), 2, 1_000_000);

    assertReason(FailedCallException.Reason.CANCELLED, () -> store().scan(scan, gone));
    assertReason(
        FailedCallException.Reason.CANCELLED, () -> recorder.record(organization, steps, gone));
    assertThat(store().scan(scan, Call.within(Duration.ofSeconds(30)))).isEmpty();
  }

  /** One after the other, each in time, they would take as often as long as a call may. */
  @Test
  @Timeout(60)
  void timeOfAWrite_isThatOfAllItsStatementsTogether() throws SQLException {
    String organization = "late-" + UUID.randomUUID();
    StepRecorder recorder = new StepRecorder(writer());
    List<WorkflowStep> steps = List.of(AStep.named("late").status("running").build());
    recorder.record(organization, steps, Call.within(Duration.ofSeconds(30)));
    List<WorkflowStep> changed = List.of(AStep.named("late").status("completed").build());
    Duration hour = Duration.ofHours(1);

    assertReason(
        FailedCallException.Reason.DEADLINE_EXCEEDED,
        () -> recorder.record(organization, changed, new DrainingCall(hour, hour)));
    try (Connection locker = open.connectAsWriter();
        Statement statement = locker.createStatement()) {
      locker.setAutoCommit(false);
      statement.execute(
          "SELECT FROM step WHERE organization_id = '" + organization + "' FOR UPDATE");
      Duration second = Duration.ofSeconds(1);
      assertReason(
          FailedCallException.Reason.DEADLINE_EXCEEDED,
          () -> recorder.record(organization, changed, new DrainingCall(hour, hour, second)));
    }
    assertThat(recorder.record(organization, changed, Call.within(Duration.ofSeconds(30))))
        .containsExactly(Outcome.CHANGED);
  }

  private static void assertReason(FailedCallException.Reason reason, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOf(FailedCallException.class)
        .extracting("reason")
        .isEqualTo(reason);
  }

  /** Has at each look the next of some times left, and none after the last of them. */
  private static final class DrainingCall implements Call {
    private final Deque<Duration> left;

    DrainingCall(Duration... left) {
      this.left = new ArrayDeque<>(List.of(left));
    }

    @Override
    public Duration remaining() {
      return left.isEmpty() ? Duration.ZERO : left.remove();
    }

    @Override
    public Registration onCancel(Runnable action) {
      return () -> {};
    }
  }
}
