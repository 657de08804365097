package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that went bad while they lay in a pool, as a failover leaves them. */
class ReplacedConnectionsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String OTHER_SESSIONS =
      " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

  private TestDatabase.Open open;
  private String acme;

  @BeforeEach
  void open() {
    open = TestDatabase.open();
    acme = open.organization("acme");
  }

  @AfterEach
  void close() {
    open.close();
  }

  /** As sessions of a server that became a standby, or that is being fenced off. */
  @Test
  void readOnlyConnections_leaveThePoolsAtTheFirstWrite() throws SQLException {
    readOnlySessions("on");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              renewConnections();
              return reasonOf(this::write);
            },
            Optional.of(FailedCallException.Reason.UNAVAILABLE)::equals);
    assertThat(read()).isEmpty();

    readOnlySessions("off");

    await().atMost(PATIENCE).until(() -> reasonOf(this::write).isEmpty());
    assertThat(read()).hasSize(1);
  }

  @Test
  void readiness_tellsADatabaseThatTakesNoWrites_andThatItDoesAgain() throws SQLException {
    assertThat(open.database().problem()).isEmpty();
    readOnlySessions("on");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              renewConnections();
              return open.database().problem().orElse("").contains("takes no writes");
            });

    readOnlySessions("off");

    await().atMost(PATIENCE).until(() -> open.database().problem().isEmpty());
  }

  @Test
  void afterAShutdown_everyConnectionIsReplaced_notOneFailureEach() throws SQLException {
    write();
    read();
    terminate("true");

    int failures = 0;
    while (reasonOf(this::read).isPresent() || reasonOf(this::write).isPresent()) {
      failures++;
      assertThat(failures).isLessThan(3);
    }
  }

  @Test
  void callOnAConnectionThatDies_endsWithIt() throws Exception {
    try (Connection locker = open.connectAsWriter()) {
      locker.setAutoCommit(false);
      TestDatabase.execute(locker, "LOCK TABLE step IN ACCESS EXCLUSIVE MODE");
      CompletableFuture<List<StoredStep>> page = CompletableFuture.supplyAsync(this::read, OwnThread.EACH);
      CompletableFuture<Void> write = CompletableFuture.runAsync(this::write, OwnThread.EACH);
      await().atMost(PATIENCE).until(() -> count("wait_event_type = 'Lock'") == 2);

      terminate("wait_event_type = 'Lock'");

      for (CompletableFuture<?> call : List.of(page, write)) {
        assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(FailedCallException.class)
            .extracting("reason")
            .isEqualTo(FailedCallException.Reason.UNAVAILABLE);
      }
    }
  }

  /** Again and again, since one may have been on its way. */
  private void renewConnections() {
    open.database().pools().forEach(Pool::replaceAll);
  }

  private void write() {
    new StepRecorder(open.database().stores().stepWriter())
        .record(acme, List.of(AStep.named("s-" + UUID.randomUUID()).build()), call());
  }

  private List<StoredStep> read() {
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(StepFilter.all(acme), Direction.ASCENDING, Optional.empty(), 20, 1_000_000);
    return open.database().stores().stepStore().scan(scan, call());
  }

  private static Optional<FailedCallException.Reason> reasonOf(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (FailedCallException e) {
      return Optional.of(e.reason());
    }
  }

  private void readOnlySessions(String on) throws SQLException {
    try (Connection owner = open.connect()) {
      TestDatabase.execute(owner, "SET default_transaction_read_only = off");
      TestDatabase.execute(
          owner,
          "ALTER DATABASE " + owner.getCatalog() + " SET default_transaction_read_only = " + on);
    }
  }

  private void terminate(String condition) throws SQLException {
    try (Connection owner = open.connect()) {
      TestDatabase.execute(
          owner, "SELECT pg_terminate_backend(pid)" + OTHER_SESSIONS + " AND " + condition);
    }
  }

  private long count(String condition) throws SQLException {
    try (Connection owner = open.connect();
        Statement statement = owner.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*)" + OTHER_SESSIONS + " AND " + condition)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(10));
  }
}
