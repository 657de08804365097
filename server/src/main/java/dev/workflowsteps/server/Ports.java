package dev.workflowsteps.server;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Checks that ports are free before any data is touched, so that a second server fails before it
 * creates a database.
 */
public final class Ports {

  /** A port that a server is going to listen on. */
  public record Port(Setting<String> host, Setting<Integer> port) {}

  public static final Port REST = new Port(Setting.REST_HOST, Setting.REST_PORT);
  public static final Port GRPC = new Port(Setting.GRPC_HOST, Setting.GRPC_PORT);
  public static final Port ADMIN = new Port(Setting.ADMIN_HOST, Setting.ADMIN_PORT);

  /**
   * Checks all ports, so that one message names every port in use.
   *
   * @throws StartupException with {@code CONFIGURATION} if a port can't be opened
   */
  public static void requireFree(Settings settings, List<Port> ports) {
    List<String> problems = new ArrayList<>();
    List<String> remedies = new ArrayList<>();
    for (Port port : ports) {
      String host = settings.get(port.host());
      int number = settings.get(port.port());
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(InetAddress.getByName(host), number));
      } catch (IOException e) {
        problems.add("port %d on %s: %s".formatted(number, host, e.getMessage()));
        remedies.add(port.port().flag() + " " + (number == 65_535 ? 0 : number + 1));
      }
    }
    if (!problems.isEmpty()) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          problems.stream().collect(Collectors.joining("; ", "can't listen on ", ""))
              + ". Stop the program that listens there, or choose other ports, for example "
              + String.join(" ", remedies));
    }
  }

  private Ports() {}
}
