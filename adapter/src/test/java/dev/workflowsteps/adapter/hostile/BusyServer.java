package dev.workflowsteps.adapter.hostile;

import java.sql.SQLException;
import java.time.Duration;

/**
 * A server with one organization, which is to ask for more than there is.
 *
 * @param key of the organization
 */
record BusyServer(Data data, String key, Server server) implements AutoCloseable {

  private static final String ORGANIZATION = "busy";

  /**
   * @param delay of each read; 0 = none
   */
  static BusyServer start(Duration delay, String... settings) throws Exception {
    Data data = new Data();
    String key =
        delay.isZero()
            ? data.organization(ORGANIZATION, 20, 500)
            : data.delayed(ORGANIZATION, delay);
    return new BusyServer(data, key, Server.start(data, settings));
  }

  Load load(String protocol) {
    return Load.over(protocol, key, server);
  }

  @Override
  public void close() throws SQLException {
    server.close();
    data.close();
  }
}
