package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.sql.Connection;
import java.sql.SQLException;

/** Runs writing transactions within the time of a call, and again after a deadlock. */
final class WriterSession {

  private static final int MOST_TRIES = 5;

  /** For work that needs no locks of an organization. */
  static final Sql NO_LOCKS = Sql.of("");

  private final HikariDataSource writers;
  private final Citus citus;
  private final CancelExecutor cancels;

  /** The work of one transaction; run again from its beginning if it is retried. */
  @FunctionalInterface
  interface Work<T> {
    T in(Transaction transaction) throws SQLException;
  }

  WriterSession(HikariDataSource writers, Citus citus, CancelExecutor cancels) {
    this.writers = writers;
    this.citus = citus;
    this.cancels = cancels;
  }

  /**
   * Runs the work in one transaction. When this returns, it is durable; when this throws, nothing
   * of it is stored, unless the connection was lost during the commit.
   *
   * @param locks taken first, in the same round trip as the settings; if their last query returns
   *     no row, the organization does not exist
   * @throws FailedCallException with {@code ORGANIZATION_GONE} if the organization does not exist,
   *     or {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED} or {@code CANCELLED}
   */
  <T> T transact(Call call, Sql locks, Work<T> work) {
    for (int tries = 1; ; tries++) {
      try {
        return once(call, locks, work);
      } catch (SQLException e) {
        if (tries == MOST_TRIES || !SqlFailures.isWorthARetry(e)) {
          throw SqlFailures.of(e, call);
        }
      }
    }
  }

  private <T> T once(Call call, Sql locks, Work<T> work) throws SQLException {
    try (CallConnection held = new CallConnection(writers, call, cancels)) {
      Connection connection = held.connect();
      connection.setAutoCommit(false);
      held.cancelAtDeadline();
      try {
        Transaction transaction = new Transaction(connection, held);
        begin(transaction, locks, call);
        T done = work.in(transaction);
        transaction.commit();
        return done;
      } catch (SQLException | RuntimeException e) {
        rollback(held, e);
        throw e;
      }
    }
  }

  private void begin(Transaction transaction, Sql locks, Call call) throws SQLException {
    Sql begin = Sql.of(citus.writer() + ";\n", Long.toString(TransactionSettings.limit(call)));
    if (!transaction.hasRow(begin.add(locks))) {
      throw new FailedCallException(
          FailedCallException.Reason.ORGANIZATION_GONE, "the organization does not exist any more");
    }
  }

  private static void rollback(CallConnection held, Exception cause) {
    try {
      held.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
