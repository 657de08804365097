package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Statements past the stores, by the login of a URL. */
final class AsOwner {

  static Connection connect(DatabaseUrl url) throws SQLException {
    return TestDatabase.connect(url);
  }

  /** By the role that sees and writes the rows of every organization. */
  static Connection connectAsWriter(DatabaseUrl url) throws SQLException {
    Connection connection = connect(url);
    TestDatabase.execute(connection, "SET ROLE workflow_steps_writer");
    return connection;
  }

  static void execute(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  static String query(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = connect(url)) {
      return first(connection, sql);
    }
  }

  /** As {@link #query}, by the role that sees the rows of every organization. */
  static String rows(DatabaseUrl url, String sql) throws SQLException {
    return query(url, "workflow_steps_writer", sql);
  }

  static String query(DatabaseUrl url, String role, String sql) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE " + role);
      return first(connection, sql);
    }
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private AsOwner() {}
}
