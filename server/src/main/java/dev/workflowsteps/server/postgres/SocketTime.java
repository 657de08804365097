package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How long a call waits for a server of which nothing is heard any more. The server ends a call
 * that is late, but not if it has vanished, and the call's connection would be missing in its pool.
 */
final class SocketTime {

  /** For the server's own word that the time is over, or that it cancelled the statement. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Until the connection goes back to its pool, which restores the limit that it had. */
  static void limit(Connection connection, Call call) throws SQLException {
    long millis = Math.max(0, call.remaining().toMillis()) + GRACE.toMillis();
    int limit = connection.getNetworkTimeout();
    if (limit == 0 || millis < limit) {
      connection.setNetworkTimeout(Runnable::run, (int) Math.min(millis, Integer.MAX_VALUE));
    }
  }

  private SocketTime() {}
}
