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
import java.util.Optional;
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
   * @throws StartupException with {@code CONFIGURATION} if a port can't be opened, or two are the
   *     same
   */
  public static void requireFree(Settings settings, List<Port> ports) {
    requireDistinct(settings, ports);
    List<String> problems = new ArrayList<>();
    List<String> remedies = new ArrayList<>();
    for (Port port : ports) {
      String host = settings.get(port.host());
      int number = settings.get(port.port());
      Optional<String> problem = problem(host, number);
      if (problem.isPresent()) {
        problems.add("port %d on %s: %s".formatted(number, host, problem.get()));
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
   * Checks that a server could listen on a port once nobody else does: a port in use passes, since
   * it may be that of the server whose settings are about to change.
   *
   * @throws StartupException with {@code CONFIGURATION} if it could not
   */
  public static void requirePossible(Settings settings, Port port) {
    String host = settings.get(port.host());
    int number = settings.get(port.port());
    Optional<String> problem = problem(host, number);
    if (problem.isPresent() && !isInUse(host, problem.get())) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "%s, %s: can't listen on port %d of %s (%s); choose an address of this machine, and a port"
                  .formatted(port.host(), port.port(), number, host, problem.get())
              + " that this user may open");
    }
  }

  /**
   * Checks that no two ports are the same.
   *
   * @throws StartupException with {@code CONFIGURATION} if there are such
   */
  public static void requireDistinct(Settings settings, List<Port> ports) {
    for (Port port : ports) {
      for (Port other : ports.subList(ports.indexOf(port) + 1, ports.size())) {
        int number = settings.get(port.port());
        if (number != 0
            && number == settings.get(other.port())
            && overlap(settings.get(port.host()), settings.get(other.host()))) {
          throw new StartupException(
              ExitCode.CONFIGURATION,
              "%s, %s: both are %d; choose another one for one of them"
                  .formatted(port.port(), other.port(), number));
        }
      }
    }
  }

  private static boolean overlap(String host, String other) {
    try {
      InetAddress address = InetAddress.getByName(host);
      InetAddress another = InetAddress.getByName(other);
      return address.equals(another) || address.isAnyLocalAddress() || another.isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return host.equals(other);
    }
  }

  /** Why nobody can listen there now; empty = it is possible. */
  private static Optional<String> problem(String host, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.of("unknown host " + host);
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Whether a port is in use, since nothing else explains the problem with it. Nobody is asked
   * there: the program that has it may listen on one address of this machine, and the host name
   * all.
   */
  static boolean isInUse(String host, String problem) {
    return problem(host, 0).isEmpty() && !problem.contains("Permission denied");
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
