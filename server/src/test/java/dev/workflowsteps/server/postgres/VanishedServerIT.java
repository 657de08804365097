package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server of which nothing is heard any more, not even that its connections ended. */
class VanishedServerIT {

  /** Far less than TCP takes to give a connection up. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private TestDatabase.Open direct;
  private CountingProxy proxy;
  private DatabaseUrl through;
  private Database database;
  private String acme;

  @BeforeEach
  void open() throws IOException {
    direct = TestDatabase.open();
    acme = direct.organization("acme");
    proxy = new CountingProxy(direct.url());
    through = proxy.through(direct.url());
    database = new Database(through, 1, new SimpleMeterRegistry());
    await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
  }

  @AfterEach
  void close() throws IOException {
    database.close();
    proxy.close();
    direct.close();
  }

  @Test
  void callsThatWaitForIt_endSoonAfterTheirTime() throws Exception {
    try (Connection locker = direct.connectAsWriter()) {
      locker.setAutoCommit(false);
      TestDatabase.execute(locker, "LOCK TABLE step, api_key IN ACCESS EXCLUSIVE MODE");
      CompletableFuture<?> page = CompletableFuture.runAsync(this::read, OwnThread.EACH);
      CompletableFuture<?> write = CompletableFuture.runAsync(this::write, OwnThread.EACH);
      CompletableFuture<?> key = CompletableFuture.runAsync(this::findKey, OwnThread.EACH);
      await().atMost(PATIENCE).until(() -> waiting() == 3);

      proxy.fallSilent();

      for (CompletableFuture<?> call : List.of(page, write, key)) {
        assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(FailedCallException.class)
            .extracting("reason")
            .isEqualTo(FailedCallException.Reason.UNAVAILABLE);
      }
    }
  }

  @Test
  void checkOfTheSchema_ends_soThatAnotherOneFollows() throws Exception {
    try (Connection locker = direct.connect()) {
      locker.setAutoCommit(false);
      TestDatabase.execute(locker, "LOCK TABLE flyway_schema_history IN ACCESS EXCLUSIVE MODE");
      Migrations migrations = new Migrations(through);
      CompletableFuture<Optional<String>> check =
          CompletableFuture.supplyAsync(migrations::problem, OwnThread.EACH);
      await().atMost(PATIENCE).until(() -> waiting() == 1);

      proxy.fallSilent();

      assertThat(check.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).orElseThrow())
          .startsWith("the database can't be reached");
    }
  }

  /** As behind a pooler that lets clients in and has no server for them. */
  @Test
  void newConnectionWhoseServerFallsSilentAfterTheLogin_isGivenUp() throws Exception {
    try (CountingProxy other = new CountingProxy(direct.url())) {
      CheckedDataSource source =
          new CheckedDataSource(other.through(direct.url()), "test", 300, false, new Citus());
      try (Connection first = source.getConnection()) {
        assertThat(first.getNetworkTimeout()).isEqualTo(300_000);
        // The last but one: it asks nothing but which process answers.
        other.fallSilentAt(other.roundTrips() - 1);

        CompletableFuture<Void> second =
            CompletableFuture.runAsync(() -> openAndClose(source), OwnThread.EACH);

        assertThat(second).succeedsWithin(PATIENCE);
      }
    }
  }

  private static void openAndClose(CheckedDataSource source) {
    try {
      source.getConnection().close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The other way round: the locks of a write whose client has vanished must not stay. */
  @Test
  void transactionOfAWrite_isIdleForALimitedTime() {
    String limit =
        new WriterSession(
                database.pools().get(1), new Citus(), new CancelExecutor(new SimpleMeterRegistry()))
            .transact(
                call(),
                WriterSession.NO_LOCKS,
                transaction ->
                    transaction.ask(
                        Sql.of("SELECT current_setting('idle_in_transaction_session_timeout')"),
                        VanishedServerIT::text));

    assertThat(limit).isEqualTo("30s");
  }

  private static String text(ResultSet rows) throws SQLException {
    rows.next();
    return rows.getString(1);
  }

  private void read() {
    database
        .stores()
        .stepStore()
        .scan(
            new Scan<>(StepFilter.all(acme), Direction.ASCENDING, Optional.empty(), 20, 1_000_000),
            call());
  }

  private void write() {
    new StepRecorder(database.stores().stepWriter())
        .record(acme, List.of(AStep.named("s").build()), call());
  }

  private void findKey() {
    assertThat(database.stores().keyStore().find("none")).isEmpty();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(3));
  }

  private long waiting() throws SQLException {
    try (Connection owner = direct.connect();
        Statement statement = owner.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
