package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** A pool whose callers are told why there is no connection, in no words of the pool. */
final class Pool extends HikariDataSource {

  private final CheckedDataSource source;

  Pool(HikariConfig config, CheckedDataSource source) {
    super(config);
    this.source = source;
  }

  /**
   * @throws SQLTransientConnectionException with the words and the cause of the database's failure,
   *     or without a cause if there is none
   */
  @Override
  public Connection getConnection() throws SQLTransientConnectionException {
    try {
      return super.getConnection();
    } catch (SQLException e) {
      // The pool's exception also names a cause: the last failure, which may be long over.
      throw source.failure().map(Pool::because).orElseGet(this::withoutCause);
    }
  }

  private static SQLTransientConnectionException because(SQLException cause) {
    return new SQLTransientConnectionException(cause.getMessage(), cause.getSQLState(), cause);
  }

  private SQLTransientConnectionException withoutCause() {
    return new SQLTransientConnectionException(
        isClosed() ? "the server is stopping" : "all connections are in use");
  }

  /** Uses this URL for new connections. */
  void use(DatabaseUrl url) {
    source.use(url);
  }

  /** Replaces every connection: idle ones now, others when they come back. */
  void replaceAll() {
    getHikariPoolMXBean().softEvictConnections();
  }

  @Override
  public void close() {
    source.stop();
    super.close();
  }
}
