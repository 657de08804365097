package dev.workflowsteps.server;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the ports before any data is touched, so that a second server fails before it creates a
 * database.
 */
public final class Ports {

  private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

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

  /**
   * Checks that keys and data cross no network unencrypted, unless the settings allow it: then a
   * warning says so.
   *
   * @throws StartupException with {@code CONFIGURATION} if they would
   */
  public static void requireEncryption(Settings settings, List<Port> ports) {
    List<String> open =
        ports.stream()
            .filter(port -> !isLoopback(settings.get(port.host())))
            .map(port -> port.host() + " " + settings.get(port.host()))
            .toList();
    if (open.isEmpty() || settings.find(Setting.TLS_CERTIFICATE).isPresent()) {
      return;
    }
    String problem = String.join(", ", open) + ": keys and data cross the network unencrypted";
    if (!settings.get(Setting.ALLOW_PLAINTEXT)) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          problem
              + ". Give a certificate with tls-certificate and tls-key, listen on 127.0.0.1, or permit"
              + " it with allow-plaintext=true");
    }
    LOG.warn("{} (allow-plaintext); tls-certificate and tls-key would encrypt them", problem);
  }

  /** Warns if keys and data cross the network unencrypted on the way to upstreams. */
  public static void warnOfPlaintextUpstreams(Settings settings) {
    List<String> open =
        settings.find(Setting.UPSTREAM).orElse(List.of()).stream()
            .filter(upstream -> !isLoopback(upstream.host()))
            .map(HostPort::toString)
            .toList();
    if (!open.isEmpty() && !settings.get(Setting.UPSTREAM_TLS)) {
      LOG.warn(
          "upstream {}: keys and data cross the network unencrypted; upstream-tls=true would encrypt"
              + " them, and needs tls-certificate there",
          String.join(", ", open));
    }
  }

  /** A name is, if all of its addresses are; a wildcard is not. */
  private static boolean isLoopback(String host) {
    try {
      return Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private Ports() {}
}
