package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Many calls that are cancelled at any moment, on few connections, and the calls that come after
 * them there.
 *
 * <p>{@code -Dwfs.test.seed=N} makes the same random times again.
 */
class CancelledCallsIT {

  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());
  private static final int CALLERS = 3;
  private static final int CALLS = 200;
  private static final int CONNECTIONS = 2;
  private static final int INTERRUPTS = 100;
  private static final int MOST_TRIES = 100;
  private static final int MOST_MICROS = 6_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** As calls have it: the connection waits for less than its pool allows, and is reset behind. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private static final String RUNNING =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND pid <> pg_backend_pid() AND state = 'active'"
          + " AND application_name LIKE 'workflow-steps%'";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CancelExecutor cancels = new CancelExecutor(meters);
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private TestDatabase.Open open;
  private Database database;

  /** Asks the database for a number, which takes it this long. */
  private interface Asking {
    int ask(int number, int micros, Call call);
  }

  @BeforeEach
  void open() {
    System.out.println("random times: -Dwfs.test.seed=" + SEED);
    open = TestDatabase.open();
    database = new Database(TestDatabase.served(open.url()), CONNECTIONS, meters);
    await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
  }

  @AfterEach
  void close() {
    callers.shutdownNow();
    timer.shutdownNow();
    cancels.close();
    database.close();
    open.close();
  }

  @Test
  void cancelledReads_hitNoLaterStatement_andKeepTheirConnections() throws Exception {
    Pool pool = database.pools().get(0);
    ReaderSession session = new ReaderSession(pool, new Citus(), cancels);

    assertNoLaterStatementIsHit(
        pool,
        (number, micros, call) ->
            session.ask("acme", sleeping(number, micros), CancelledCallsIT::number, call));
  }

  /** With statements before and behind, and a commit or a rollback. */
  @Test
  void cancelledWrites_hitNoLaterStatement_andKeepTheirConnections() throws Exception {
    Pool pool = database.pools().get(1);
    WriterSession session = new WriterSession(pool, new Citus(), cancels);

    assertNoLaterStatementIsHit(
        pool,
        (number, micros, call) ->
            session.transact(
                call,
                WriterSession.NO_LOCKS,
                transaction -> {
                  transaction.ask(sleeping(0, micros / 2), CancelledCallsIT::number);
                  return transaction.ask(sleeping(number, micros / 2), CancelledCallsIT::number);
                }));
  }

  /** As by Ctrl-C: nobody waits for the end of the cancel then, so the connection is replaced. */
  @Test
  void cancelsWhoseCallIsInterrupted_replaceTheConnection_andFailNothing() throws SQLException {
    Pool pool = database.pools().get(0);
    fill(pool);
    long before = connectionsMade(pool);
    Random random = new Random(SEED);

    for (int i = 0; i < INTERRUPTS; i++) {
      cancelAndInterrupt(pool, random);
    }

    // An interrupt replaces nothing if the cancel had ended before it, and the pool makes a
    // connection only when it is short of one.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              cancelAndInterrupt(pool, random);
              return connectionsMade(pool) > before;
            });
  }

  private void cancelAndInterrupt(Pool pool, Random random) throws SQLException {
    CancelledCall call = new CancelledCall();
    try (CallConnection held = new CallConnection(pool, call, cancels)) {
      held.connect();
      call.cancel();
      LockSupport.parkNanos(random.nextInt(2_000_000));
      Thread.currentThread().interrupt();
    } finally {
      boolean unused = Thread.interrupted();
    }
  }

  private void assertNoLaterStatementIsHit(Pool pool, Asking asking) throws Exception {
    fill(pool);
    long before = connectionsMade(pool);

    together(
        random -> {
          for (int i = 0; i < CALLS; i++) {
            askAndCancel(asking, random);
            ask(asking, random, Call.within(PATIENCE));
          }
        });

    System.out.printf(
        "%d calls cancelled, %d answered before; connections made: %d; cancels: %s%n",
        cancelled.get(), answered.get(), connectionsMade(pool) - before, counts());
    assertThat(cancelled).hasPositiveValue();
    assertThat(answered).hasPositiveValue();
    assertThat(count("dropped")).isZero();
    assertThat(connectionsMade(pool) - before).isLessThanOrEqualTo(count("unconfirmed"));
    await().atMost(PATIENCE).until(() -> running() == 0);
  }

  private void askAndCancel(Asking asking, Random random) {
    CancelledCall call = new CancelledCall();
    Future<?> cancel =
        timer.schedule(call::cancel, random.nextInt(2 * MOST_MICROS), TimeUnit.MICROSECONDS);
    try {
      ask(asking, random, call);
      answered.incrementAndGet();
    } catch (FailedCallException e) {
      assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
      cancelled.incrementAndGet();
    } finally {
      cancel.cancel(false);
    }
  }

  /** Again while a lost connection is being replaced. */
  private static void ask(Asking asking, Random random, Call call) {
    int number = random.nextInt();
    for (int tries = 1; ; tries++) {
      try {
        assertThat(asking.ask(number, random.nextInt(MOST_MICROS), call)).isEqualTo(number);
        return;
      } catch (FailedCallException e) {
        if (e.reason() != Reason.UNAVAILABLE || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private interface Caller {
    void run(Random random);
  }

  private void together(Caller caller) throws Exception {
    List<Callable<Void>> all = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Random random = new Random(SEED + i);
      all.add(
          () -> {
            caller.run(random);
            return null;
          });
    }
    for (Future<Void> one : callers.invokeAll(all)) {
      one.get();
    }
  }

  private static Sql sleeping(int number, int micros) {
    return Sql.of("SELECT ?::int, pg_sleep(?::int / 1e6)", number, micros);
  }

  private static int number(ResultSet rows) throws SQLException {
    rows.next();
    return rows.getInt(1);
  }

  /** A pool makes connections as they are wanted. */
  private static void fill(Pool pool) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
      all.add(pool.getConnection());
    }
    for (Connection connection : all) {
      connection.close();
    }
  }

  private long connectionsMade(Pool pool) {
    return meters
        .get("hikaricp.connections.creation")
        .tag("pool", pool.getPoolName())
        .timer()
        .count();
  }

  private String counts() {
    return count("confirmed") + " confirmed, " + count("unconfirmed") + " unconfirmed";
  }

  private long count(String outcome) {
    return (long) meters.get("workflow_steps.cancels").tag("outcome", outcome).counter().count();
  }

  private long running() throws SQLException {
    try (Connection owner = open.connect();
        Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery(RUNNING)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Whose caller goes away at some moment. */
  private static final class CancelledCall implements Call {

    private final List<Runnable> actions = new ArrayList<>();
    private boolean gone;

    @Override
    public Duration remaining() {
      return CALL_TIMEOUT;
    }

    @Override
    public synchronized Registration onCancel(Runnable action) {
      if (gone) {
        action.run();
      } else {
        actions.add(action);
      }
      return () -> forget(action);
    }

    private synchronized void forget(Runnable action) {
      actions.remove(action);
    }

    synchronized void cancel() {
      gone = true;
      actions.forEach(Runnable::run);
    }
  }
}
