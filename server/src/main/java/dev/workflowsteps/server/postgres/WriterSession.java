package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.StepsException;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Transactions that write, within the time of a call, run again where that may help. */
final class WriterSession {

  private static final String TIME_LIMIT = "SELECT set_config('statement_timeout', ?, true);\n";
  private static final int MOST_TRIES = 5;

  /** For work that nobody else's could come between. */
  static final Sql NO_LOCKS = Sql.of("");

  private final HikariDataSource writers;

  /** What is done in one transaction; may be done several times, each time from the beginning. */
  @FunctionalInterface
  interface Work<T> {
    T in(Transaction transaction) throws SQLException;
  }

  WriterSession(HikariDataSource writers) {
    this.writers = writers;
  }

  /**
   * Does the work wholly, durably, or not at all.
   *
   * @param locks taken before, in the same round trip as the time limit; their last query gives a
   *     row, or the organization is not there
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
    try (Connection connection = writers.getConnection()) {
      connection.setAutoCommit(false);
      PGConnection server = connection.unwrap(PGConnection.class);
      Cancellation cancellation = new Cancellation(server::cancelQuery);
      try (Call.Registration ignored = call.onCancel(cancellation::cancel)) {
        Transaction transaction = new Transaction(connection, cancellation, call);
        begin(transaction, locks, call);
        T done = work.in(transaction);
        transaction.commit();
        return done;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      } finally {
        if (cancellation.finish()) {
          // A cancel that was on its way when the work ended must not hit the next one.
          writers.evictConnection(connection);
        }
      }
    }
  }

  private static void begin(Transaction transaction, Sql locks, Call call) throws SQLException {
    long millis = Math.max(1, Math.min(call.remaining().toMillis(), Integer.MAX_VALUE));
    if (!transaction.hasRow(Sql.of(TIME_LIMIT, Long.toString(millis)).add(locks))) {
      throw new StepsException(
          StepsException.Reason.ORGANIZATION_GONE, "the organization does not exist any more");
    }
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
