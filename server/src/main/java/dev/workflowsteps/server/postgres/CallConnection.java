package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;

/**
 * A pool's connection while one call uses it. What runs on it is cancelled when the caller goes
 * away; {@link Cancellation} says whether the connection is used again.
 */
final class CallConnection implements AutoCloseable {

  /** For the server's own word that the time is over, or that it cancelled the statement. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final HikariDataSource pool;
  private final Call call;
  private final Cancellation cancellation;
  private final CancelExecutor cancels;
  private final Call.Registration registration;
  private Optional<Future<?>> deadline = Optional.empty();
  private Connection connection;

  CallConnection(HikariDataSource pool, Call call, CancelExecutor cancels) {
    this.pool = pool;
    this.call = call;
    this.cancels = cancels;
    cancellation = new Cancellation(cancels);
    registration = call.onCancel(cancellation::request);
  }

  /**
   * Waits for up to a second for a connection, but not if the call is over. A caller who goes away
   * meanwhile is noticed afterwards: waits are rare, since no more calls run than there are
   * connections.
   *
   * @throws FailedCallException {@code DEADLINE_EXCEEDED} or {@code CANCELLED} if the call is over
   */
  Connection connect() throws SQLException {
    require();
    connection = pool.getConnection();
    cancellation.begin(connection.unwrap(PGConnection.class)::cancelQuery);
    require();
    limitSilence();
    return connection;
  }

  /**
   * Bounds the wait for a server of which nothing is heard any more. A server ends a call that is
   * late, but not if it has vanished, and the connection would be missing in its pool; which
   * restores the limit that it had.
   */
  private void limitSilence() throws SQLException {
    long millis = Math.max(0, call.remaining().toMillis()) + GRACE.toMillis();
    int limit = connection.getNetworkTimeout();
    if (limit == 0 || millis < limit) {
      connection.setNetworkTimeout(Runnable::run, (int) Math.min(millis, Integer.MAX_VALUE));
    }
  }

  /**
   * Also cancels what runs at the call's deadline, for several statements, which together have no
   * limit of the server's.
   */
  void cancelAtDeadline() {
    deadline = Optional.of(cancels.schedule(cancellation::request, call.remaining()));
  }

  /**
   * @throws FailedCallException {@code DEADLINE_EXCEEDED} or {@code CANCELLED} if the call is over
   */
  void require() {
    if (call.remaining().toMillis() <= 0) {
      throw new FailedCallException(
          Reason.DEADLINE_EXCEEDED, "the deadline had passed before the statement");
    }
    if (cancellation.isRequested()) {
      throw new FailedCallException(Reason.CANCELLED, "the caller went away before the statement");
    }
  }

  /** Undoes what was not committed; no cancel can hit that. */
  void rollback() throws SQLException {
    cancellation.finish();
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    deadline.ifPresent(timer -> timer.cancel(false));
    registration.close();
    boolean reusable = cancellation.finish();
    if (connection != null && reusable) {
      connection.close();
    } else if (connection != null) {
      // This closes it, too: the pool's own close would reset what it has no more, and fail.
      pool.evictConnection(connection);
    }
  }
}
