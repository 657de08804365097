package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Opens the connections of a pool, but none to a standby that is not to be read, and none through a
 * pooler that calls can't work with: so such a server is unready, and never gives an answer.
 */
final class CheckedDataSource extends LoginDataSource {

  private static final long serialVersionUID = 1;

  /**
   * A host that says nothing for so long is given up, and the next one tried. So is a pooler that
   * lets a client in and has no server for it.
   */
  private static final int LOGIN_SILENCE_SECONDS = 2;

  /** A pool by itself waits for up to five seconds. */
  private static final long PAUSE_MILLIS = 500;

  private final boolean allowStandby;
  private final transient Citus citus;
  private final int socketTimeoutSeconds;
  private transient volatile SQLException failure;
  private transient volatile boolean stopped;

  /**
   * @param name of the pool
   * @param socketTimeoutSeconds ends a statement of which nothing is heard any more
   */
  CheckedDataSource(
      DatabaseUrl url, String name, int socketTimeoutSeconds, boolean allowStandby, Citus citus) {
    super(url, name);
    this.allowStandby = allowStandby;
    this.citus = citus;
    this.socketTimeoutSeconds = socketTimeoutSeconds;
    with("tcpKeepAlive", "true");
    with("connectTimeout", "2");
    with("loginTimeout", "10");
    with("cancelSignalTimeout", "2");
    with("socketTimeout", Integer.toString(LOGIN_SILENCE_SECONDS));
    // Which of several hosts is the primary changes; the driver would remember it for 10 s.
    with("hostRecheckSeconds", "1");
    // The driver runs a statement in text form before it prepares it, which takes twice the time:
    // do so only once. (Not -1, never: the driver then mixes up the columns of several statements
    // in one string.)
    with("prepareThreshold", "1");
  }

  /** Takes the primary, if one of several hosts is it, unless the URL asks for another. */
  CheckedDataSource preferringPrimary() {
    with("targetServerType", "preferPrimary");
    return this;
  }

  /** While the database can't be reached this tries again; {@link #failure} says why. */
  @Override
  public Connection getConnection() throws SQLException {
    while (true) {
      try {
        Connection connection = checked();
        failure = null;
        return connection;
      } catch (SQLException e) {
        failure = e;
        if (stopped || !SqlFailures.mayPass(e)) {
          throw e;
        }
        pause(e);
      }
    }
  }

  /** Why there is no connection; empty if the last attempt was successful. */
  Optional<SQLException> failure() {
    return Optional.ofNullable(failure);
  }

  /** From now on a failure is final. */
  void stop() {
    stopped = true;
  }

  private Connection checked() throws SQLException {
    Connection connection = open();
    try {
      PoolerCheck.require(connection, this::open);
      if (!allowStandby) {
        Standby.refuse(connection);
      }
      citus.detect(connection);
      limitSilence(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** To whichever server answers, which has {@value #LOGIN_SILENCE_SECONDS} s for each answer. */
  Connection open() throws SQLException {
    return super.getConnection();
  }

  private void limitSilence(Connection connection) throws SQLException {
    if (connection.getNetworkTimeout() == TimeUnit.SECONDS.toMillis(LOGIN_SILENCE_SECONDS)) {
      int millis = (int) TimeUnit.SECONDS.toMillis(socketTimeoutSeconds);
      connection.setNetworkTimeout(Runnable::run, millis);
    }
  }

  private static void pause(SQLException failure) throws SQLException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
