package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.assertLogIsShort;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As many connections as two processes can open, to each port, which then are idle. */
class ConnectionExperiment {

  /** Of each process; it has no more descriptors than the server. */
  private static final int CONNECTIONS = 9_900;

  private static final int QUIET_SECONDS = 5;

  /** Of each process. With a key, a connection costs a request as well, and this is no overload. */
  private static final int WITH_KEY_PER_SECOND = 300;

  private static final int QUIET_SECONDS_WITH_KEY = 40;
  private static final int PATIENCE_MILLIS = 5_000;

  /** Has no place of its own, and none of the attackers' addresses. */
  private static final byte[] STRANGER = {127, 0, 1, 1};

  @ParameterizedTest
  @ValueSource(strings = {"rest", "grpc", "rest,grpc"})
  void idleConnections_keepNobodyOut(String ports) throws Exception {
    keepNobodyOut("idle connections to " + ports, ports, false);
  }

  @Test
  void connectionsOfOneOrganization_keepNobodyOut() throws Exception {
    keepNobodyOut("connections with one key to rest", Flooder.REST, true);
  }

  private static void keepNobodyOut(String experiment, String ports, boolean haveKey)
      throws Exception {
    try (Data data = new Data()) {
      String rate =
          haveKey ? WITH_KEY_PER_SECOND + " " + data.organization("hostile", 20, 500) : "0";
      // REST keeps idle connections so long.
      int idle = haveKey ? 2 * QUIET_SECONDS_WITH_KEY : 2;
      int seconds = haveKey ? QUIET_SECONDS_WITH_KEY : QUIET_SECONDS;
      String key = data.organization("quiet", 20, 500);
      try (Server server =
              Server.startSmall(
                  data, "--trusted-addresses=127.0.0.1", "--request-timeout=" + idle + "s");
          ClientProcess one = ClientProcess.start(Flooder.class, List.of());
          ClientProcess other = ClientProcess.start(Flooder.class, List.of());
          Load http1 = Load.quiet("http1", key, server).seconds(seconds);
          Load grpc = Load.quiet("grpc", key, server).seconds(seconds)) {
        int files = server.openFiles();
        server.probes();
        http1.start();
        grpc.start();
        List<Integer> strangers = new ArrayList<>();
        String[] attacked = ports.split(",");
        List<ClientProcess> attackers = List.of(one, other);
        for (int i = 0; i < attackers.size(); i++) {
          String port = attacked[i % attacked.length];
          String place = port.equals(Flooder.REST) ? server.rest() : server.grpc();
          attackers.get(i).write(String.join(" ", Flooder.HOLD, place, "" + CONNECTIONS, rate));
        }
        List<String> opened = new ArrayList<>();
        for (ClientProcess attacker : attackers) {
          opened.addAll(attacker.linesUntil(Flooder.DONE));
        }
        // New connections, as many as come in the rest of the time.
        for (int i = 0; i < 2 * QUIET_SECONDS; i++) {
          TimeUnit.MILLISECONDS.sleep(500);
          strangers.add(statusOf(server.rest(), key));
        }
        Answers overHttp = http1.answers();
        Answers overGrpc = grpc.answers();
        report(
            experiment,
            "opened %s; files of the server %d, then %d; strangers %s"
                .formatted(opened, files, server.openFiles(), strangers));
        report(experiment, "quiet over http1: " + overHttp);
        report(experiment, "quiet over grpc: " + overGrpc);
        server.words().forEach(line -> report(experiment, "log: " + line));
        SoftAssertions.assertSoftly(
            softly -> {
              softly.assertThat(overHttp.only(sent -> !sent.isOk()).outcomes()).isEmpty();
              softly.assertThat(overGrpc.only(sent -> !sent.isOk()).outcomes()).isEmpty();
              softly.assertThat(strangers).as("new callers").containsOnly(200);
              assertLogIsShort(softly, server.words());
              assertProbed(softly, experiment, server);
            });
      }
    }
  }

  /** Of an answer on a connection of its own; 0 if there was none. */
  private static int statusOf(String rest, String key) {
    String[] hostAndPort = rest.split(":");
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(STRANGER), 0));
      socket.connect(
          new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1])), PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write(
              ("GET /v1/workflows/steps HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\napi-key: "
                      + key
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    } catch (IOException refused) {
      return 0;
    }
  }
}
