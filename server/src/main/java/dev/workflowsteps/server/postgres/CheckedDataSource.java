package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens the connections of a pool, but none through a pooler that calls can't work with: so such a
 * pooler makes the server unready, and never gives an answer.
 */
final class CheckedDataSource extends PGSimpleDataSource {

  private static final long serialVersionUID = 1;

  private final transient DatabaseUrl url;
  private final transient Properties properties = new Properties();

  /**
   * @param name of the pool
   * @param socketTimeoutSeconds ends a statement of which nothing is heard any more
   */
  CheckedDataSource(DatabaseUrl url, String name, int socketTimeoutSeconds) {
    this.url = url;
    authenticate(url);
    properties.setProperty("ApplicationName", "workflow-steps " + name);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("cancelSignalTimeout", "2");
    properties.setProperty("socketTimeout", Integer.toString(socketTimeoutSeconds));
    // The driver runs a statement in text form before it prepares it, which takes twice the time:
    // do so only once. (Not -1, never: the driver then mixes up the columns of several statements
    // in one string.)
    properties.setProperty("prepareThreshold", "1");
  }

  /** Uses the credentials of this URL for new connections. */
  void authenticate(DatabaseUrl credentials) {
    credentials.user().ifPresent(user -> properties.setProperty("user", user));
    credentials
        .password()
        .map(Secret::value)
        .ifPresent(text -> properties.setProperty("password", text));
  }

  /** Parameters of the URL replace those that are set here. */
  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = open();
    try {
      PoolerCheck.require(connection, this::open);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(url.jdbcUrl(), properties);
  }
}
