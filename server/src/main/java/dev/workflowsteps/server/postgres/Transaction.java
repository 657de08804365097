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
    held.require();
    statement.executeBatch();
  }

  void commit() throws SQLException {
    held.require();
    connection.commit();
  }

  private PreparedStatement prepared(Sql sql) throws SQLException {
    held.require();
    PreparedStatement statement = connection.prepareStatement(sql.text());
    try {
      sql.bind(statement, 1);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }
}
