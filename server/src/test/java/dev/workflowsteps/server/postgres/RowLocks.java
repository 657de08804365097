package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.StepRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Somebody's transaction that locks steps one by one, and changes nothing. */
final class RowLocks implements AutoCloseable {

  private static final String LOCK =
      """
      SELECT FROM step
      WHERE organization_id = ? AND run_id = ? AND step_id = ?
      FOR UPDATE""";

  private static final String DEADLOCK = "40P01";

  private final Connection connection;
  private final String organization;
  private final int pid;

  RowLocks(Connection connection, String organization) throws SQLException {
    this.connection = connection;
    this.organization = organization;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      pid = row.getInt(1);
    }
  }

  /** Of the process that serves it. */
  int pid() {
    return pid;
  }

  /** Waits for whoever has the step; false if that would be for ever, and then all are released. */
  boolean locks(StepRecord record) throws SQLException {
    try {
      lock(record);
      return true;
    } catch (SQLException e) {
      if (DEADLOCK.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** Waits for whoever has the step. */
  void lock(StepRecord record) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setString(1, organization);
      statement.setString(2, record.position().runId());
      statement.setString(3, record.position().stepId());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("no " + record.key());
        }
      }
    }
  }

  void release() throws SQLException {
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    connection.rollback();
    connection.close();
  }
}
