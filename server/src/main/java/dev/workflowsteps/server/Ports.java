package dev.workflowsteps.server;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Looks whether ports are free before any data is touched: a second server should learn of the
 * first from its ports, and not after it made a database.
 */
public final class Ports {

  /**
   * Looks at one port; 0 is always free.
   *
   * @param name the port's, as in {@code --rest-port}
   * @throws StartupException with {@code CONFIGURATION} if something listens there
   */
  public static void requireFree(String name, String host, int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "port %d can't be opened on %s (%s): stop what listens there, or choose another with --%s (0 = any free one)"
              .formatted(port, host, e.getMessage(), name),
          e);
    }
  }

  private Ports() {}
}
