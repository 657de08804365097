package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** A pool whose callers are told why there is no connection. */
final class Pool extends HikariDataSource {

  private final CheckedDataSource source;

  Pool(HikariConfig config, CheckedDataSource source) {
    super(config);
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      return super.getConnection();
    } catch (SQLTransientConnectionException e) {
      throw e.getCause() == null ? source.failure().map(Pool::because).orElse(e) : e;
    }
  }

  private static SQLTransientConnectionException because(SQLException cause) {
    return new SQLTransientConnectionException(cause.getMessage(), cause.getSQLState(), cause);
  }

  /** Uses the user and password of this URL for new connections. */
  void authenticate(DatabaseUrl url) {
    source.authenticate(url);
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
