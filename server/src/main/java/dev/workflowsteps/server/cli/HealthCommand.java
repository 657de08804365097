package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code health}. */
@Command(
    name = "health",
    header = "Tell whether a server on this machine is ready.",
    customSynopsis = "workflow-steps health [--live] [--wait=DURATION] [SETTINGS]",
    description = {
      "%nAsks the admin port, prints its response and fails unless that is 200: for supervisors and"
          + " containers without an HTTP client.%n"
    },
    footerHeading = "Example:%n",
    footer = "  workflow-steps health --wait 60s")
final class HealthCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Pattern RESPONSE =
      Pattern.compile("HTTP/1\\.[01] ([0-9]{3}) .*?\r\n\r\n(.*)", Pattern.DOTALL);
  private static final int NONE = 0;

  private final CommandContext context;
  private final CommonOptions options = CommonOptions.withoutDemo(Setting.HEALTH);

  @Spec private CommandSpec spec;

  @Option(
      names = "--live",
      description = "Ask only whether the process responds, not whether it can take calls.")
  private boolean live;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Ask again and again until it is ready, for at most so long, for example 60s.")
  private Duration wait = Duration.ZERO;

  HealthCommand(CommandContext context) {
    this.context = context;
  }

  CommandLine commandLine() {
    return options.addTo(new CommandLine(this));
  }

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = options.load(context.variables());
    InetSocketAddress address =
        address(settings.get(Setting.ADMIN_HOST), settings.get(Setting.ADMIN_PORT));
    String path = live ? "/livez" : "/readyz";
    long end = System.nanoTime() + wait.toNanos();
    Response response = ask(address, path);
    while (response.status() != 200 && System.nanoTime() < end) {
      Thread.sleep(PAUSE.toMillis());
      response = ask(address, path);
    }
    boolean healthy = response.status() == 200;
    CommandLine command = spec.commandLine();
    (healthy ? command.getOut() : command.getErr()).println(response.text());
    return (healthy ? ExitCode.OK : ExitCode.FAILURE).code();
  }

  /** One that listens on all interfaces is asked on loopback. */
  private static InetSocketAddress address(String host, int port) {
    var address = new InetSocketAddress(host, port);
    return !address.isUnresolved() && address.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : address;
  }

  private static Response ask(InetSocketAddress address, String path) {
    try (var socket = new Socket()) {
      socket.connect(address, (int) TIMEOUT.toMillis());
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher parts = RESPONSE.matcher(response);
      if (!parts.matches()) {
        throw new IOException("no HTTP");
      }
      return new Response(Integer.parseInt(parts.group(1)), parts.group(2).stripTrailing());
    } catch (IOException e) {
      return new Response(
          NONE,
          "No response of "
              + new HostPort(address.getHostString(), address.getPort())
              + " ("
              + e.getMessage()
              + "). Start the server, or set admin-host and admin-port to those of the server.");
    }
  }

  /**
   * @param status of HTTP; {@link #NONE} if there is no response
   */
  private record Response(int status, String text) {}
}
