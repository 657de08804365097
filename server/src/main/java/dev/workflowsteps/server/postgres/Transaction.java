package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.StepsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * One writing transaction of a call. A statement starts only before the call's deadline and while
 * the caller waits, and is cancelled at the deadline.
 */
final class Transaction {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Connection connection;
  private final Cancellation cancellation;
  private final Call call;

  Transaction(Connection connection, Cancellation cancellation, Call call) {
    this.connection = connection;
    this.cancellation = cancellation;
    this.call = call;
  }

  /** Runs one or several statements that return no rows, in one round trip. */
  void run(Sql sql) throws SQLException {
    try (PreparedStatement statement = prepared(sql)) {
      statement.execute();
    }
  }

  /** Runs a statement and returns how many rows it wrote. */
  long update(Sql sql) throws SQLException {
    try (PreparedStatement statement = prepared(sql)) {
      return statement.executeUpdate();
    }
  }

  <T> T ask(Sql sql, ReaderSession.Rows<T> rows) throws SQLException {
    try (PreparedStatement statement = prepared(sql);
        ResultSet result = statement.executeQuery()) {
      return rows.read(result);
    }
  }

  /** Runs several queries in one round trip; whether the last of them returned a row. */
  boolean hasRow(Sql queries) throws SQLException {
    try (PreparedStatement statement = prepared(queries)) {
      statement.execute();
      boolean row;
      do {
        try (ResultSet result = statement.getResultSet()) {
          row = result.next();
        }
      } while (statement.getMoreResults());
      return row;
    }
  }

  /** A statement for many rows, whose batches are run by {@link #batch}. */
  PreparedStatement prepare(String text) throws SQLException {
    return connection.prepareStatement(text);
  }

  void batch(PreparedStatement statement) throws SQLException {
    limit(statement);
    statement.executeBatch();
  }

  void commit() throws SQLException {
    requireCaller();
    connection.commit();
  }

  private PreparedStatement prepared(Sql sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.text());
    try {
      sql.bind(statement, 1);
      limit(statement);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private void limit(PreparedStatement statement) throws SQLException {
    requireCaller();
    Duration left = call.remaining();
    if (left.toMillis() <= 0) {
      throw new StepsException(
          StepsException.Reason.DEADLINE_EXCEEDED, "the deadline had passed before the write");
    }
    // The driver counts in whole seconds; 0 would be no limit.
    statement.setQueryTimeout((int) Math.min(left.plus(SECOND).toSeconds(), Integer.MAX_VALUE));
  }

  private void requireCaller() {
    if (cancellation.isCancelled()) {
      throw new StepsException(
          StepsException.Reason.CANCELLED, "the caller went away before the write");
    }
  }
}
