package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * Finds out whether a pooler stands between this process and PostgreSQL, and whether it keeps what
 * the driver relies on. A pooler that lends a server's connection for one transaction only, and
 * knows nothing of prepared statements, would run those that others prepared under the same names.
 */
final class PoolerCheck {

  /** A prepared statement of that name does not exist, or does already. */
  static final Set<String> NO_PREPARED_STATEMENTS = Set.of("26000", "42P05");

  private static final String CONNECTION_LOST = "08006";
  private static final String CONNECTION_UNFIT = "08004";

  /** In each, two connections run a prepared statement of the same name. */
  private static final int ROUNDS = 10;

  interface Opening {
    Connection open() throws SQLException;
  }

  /**
   * Takes one round trip without a pooler.
   *
   * @param another opens further connections of the same kind
   * @throws SQLException that names the remedy
   */
  static void require(Connection connection, Opening another) throws SQLException {
    if (isDirect(connection)) {
      return;
    }
    if (connection.unwrap(PGConnection.class).getPrepareThreshold() != 0) {
      requirePreparedStatements(another);
    }
    requireTransactions(connection);
  }

  /** Whether PostgreSQL itself answers. */
  static boolean isDirect(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID() == serverPid(connection);
  }

  /** The process that answers; by a statement without a name, which works through any pooler. */
  private static int serverPid(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()")) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static void requireTransactions(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(false);
      int before = serverPid(connection);
      if (before == serverPid(connection)) {
        connection.commit();
        connection.setAutoCommit(true);
        return;
      }
    } catch (SQLException e) {
      if (CONNECTION_LOST.equals(e.getSQLState())) {
        throw e;
      }
      if (NO_PREPARED_STATEMENTS.contains(e.getSQLState())) {
        throw withoutPreparedStatements();
      }
    }
    throw new SQLException(
        "the pooler in front of the database breaks transactions up: let it pool transactions or"
            + " sessions, not statements",
        CONNECTION_UNFIT);
  }

  /**
   * On two connections, each with its own first statement: a pooler that shares a server's
   * connection between them, or moves one to another, confuses the two unless it keeps count.
   */
  private static void requirePreparedStatements(Opening another) throws SQLException {
    try (Connection one = another.open();
        Connection two = another.open();
        PreparedStatement first = one.prepareStatement("SELECT 1");
        PreparedStatement second = two.prepareStatement("SELECT 2")) {
      for (int round = 0; round < ROUNDS; round++) {
        if (!returns(1, first) || !returns(2, second)) {
          throw withoutPreparedStatements();
        }
      }
    } catch (SQLException e) {
      throw NO_PREPARED_STATEMENTS.contains(e.getSQLState()) ? withoutPreparedStatements() : e;
    }
  }

  private static boolean returns(int number, PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() && row.getInt(1) == number;
    }
  }

  private static SQLException withoutPreparedStatements() {
    return new SQLException(
        "the pooler in front of the database does not keep prepared statements: add"
            + " prepareThreshold=0 to the parameters of database-url",
        CONNECTION_UNFIT);
  }

  private PoolerCheck() {}
}
