package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.StepsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Asks one question of one organization in one round trip: organization, time limit and query are
 * one prepared string, which the server runs as one implicit transaction. Both settings are local
 * to it, so the connection's next user starts without them.
 */
final class ReaderSession {

  private static final String LOCAL_SETTINGS =
      "SELECT set_config('app.org', ?, true), set_config('statement_timeout', ?, true);\n";

  private final HikariDataSource readers;

  /** Sets the query's parameters, the first of them at {@code first}. */
  interface Parameters {
    void bind(PreparedStatement statement, int first) throws SQLException;
  }

  /** Reads all rows. */
  interface Rows<T> {
    T read(ResultSet rows) throws SQLException;
  }

  ReaderSession(HikariDataSource readers) {
    this.readers = readers;
  }

  /**
   * @throws StepsException {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED} or {@code CANCELLED}
   */
  <T> T ask(String organizationId, String sql, Parameters parameters, Rows<T> rows, Call call) {
    requireTime(call);
    try (Connection connection = readers.getConnection()) {
      long millis = requireTime(call);
      try (PreparedStatement statement = connection.prepareStatement(LOCAL_SETTINGS + sql)) {
        statement.setString(1, organizationId);
        statement.setString(2, Long.toString(millis));
        parameters.bind(statement, 3);
        return run(connection, statement, rows, call);
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e, call);
    }
  }

  private <T> T run(Connection connection, PreparedStatement statement, Rows<T> rows, Call call)
      throws SQLException {
    Cancellation cancellation = new Cancellation(statement);
    try (Call.Registration ignored = call.onCancel(cancellation::cancel)) {
      statement.execute();
      statement.getMoreResults();
      try (ResultSet result = statement.getResultSet()) {
        return rows.read(result);
      }
    } finally {
      if (cancellation.finish()) {
        // A cancel that was on its way when the query ended must not hit the next one.
        readers.evictConnection(connection);
      }
    }
  }

  private static long requireTime(Call call) {
    long millis = call.remaining().toMillis();
    if (millis <= 0) {
      throw new StepsException(
          StepsException.Reason.DEADLINE_EXCEEDED, "the deadline had passed before the query");
    }
    return Math.min(millis, Integer.MAX_VALUE);
  }

  /** Cancels a statement while it runs, and never after. */
  private static final class Cancellation {

    private final PreparedStatement statement;
    private boolean finished;
    private boolean cancelled;

    Cancellation(PreparedStatement statement) {
      this.statement = statement;
    }

    synchronized void cancel() {
      if (finished) {
        return;
      }
      cancelled = true;
      try {
        statement.cancel();
      } catch (SQLException e) {
        // The statement's own time limit ends it; the connection is not used again.
      }
    }

    /** Waits for a cancel under way; true if there was one. */
    synchronized boolean finish() {
      finished = true;
      return cancelled;
    }
  }
}
