package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One writing transaction of a call. A statement starts only before the call's deadline and while
 * the caller waits, and is cancelled at the deadline.
 */
final class Transaction {

  private final Connection connection;
  private final CallConnection held;

  Transaction(Connection connection, CallConnection held) {
    this.connection = connection;
    this.held = held;
  }

  /** Runs one or several statements that return no rows, in one round trip. */
  void run(Sql sql) throws SQLException {
    held.require();
    sql.run(connection);
  }

  /** Runs a statement and returns how many rows it wrote. */
  long update(Sql sql) throws SQLException {
    held.require();
    return sql.update(connection);
  }

  <T> T ask(Sql sql, Rows<T> rows) throws SQLException {
    held.require();
    return sql.ask(connection, rows);
  }

  /** Runs several queries in one round trip; whether the last of them returned a row. */
  boolean hasRow(Sql queries) throws SQLException {
    held.require();
    try (PreparedStatement statement = queries.prepare(connection)) {
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
    held.require();
    statement.executeBatch();
  }

  void commit() throws SQLException {
    held.require();
    connection.commit();
  }
}
