package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.report;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two servers, of which one after the other is stopped and started again under load. REST's callers
 * ask who is ready, as a load balancer does; gRPC's have a connection to each. None tries again.
 */
class StopExperiment {

  /** Of those that are stopped; {@code -Dwfs.test.hostile.stops=10} is the long form. */
  private static final int STOPS = Integer.getInteger("wfs.test.hostile.stops", 2);

  private static final int RATE = 240;
  private static final int SLOW_RATE = 60;
  private static final Duration SLOW = Duration.ofMillis(150);
  private static final int DEADLINE_MILLIS = 10_000;

  /** A load is ended when the stops are over; this is only a bound. */
  private static final int MOST_SECONDS = 600;

  /** Either has connections enough for all calls: a slow one holds its own for long. */
  private static final List<String> SETTINGS =
      List.of(
          "--drain-delay=1s",
          "--database-pool-size=20",
          "--request-timeout=" + DEADLINE_MILLIS + "ms");

  @AutoClose private static Data data;
  private static String quickKey;
  private static String slowKey;
  private static List<List<String>> ports;
  private static final List<Server> SERVERS = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    data = new Data();
    quickKey = data.organization("quick", 20, 500);
    slowKey = data.delayed("slow", SLOW);
    ports = List.of(ports(), ports());
    SERVERS.add(start(ports.get(0)));
    SERVERS.add(start(ports.get(1)));
  }

  @AfterAll
  static void stop() {
    SERVERS.forEach(Server::close);
  }

  @ParameterizedTest
  @MethodSource(Experiments.PROTOCOLS)
  void stops_failNoCallOfThoseWhoFollowTheRules(String protocol) throws Exception {
    String experiment = STOPS + " stops under load over " + protocol;
    try (Load quick = load(protocol, quickKey).rate(RATE);
        Load slow = load(protocol, slowKey).rate(SLOW_RATE)) {
      slow.warmUp();
      quick.start();
      slow.start();
      TimeUnit.SECONDS.sleep(1);
      for (int stop = 0; stop < STOPS; stop++) {
        SERVERS.get(stop % 2).stop();
        SERVERS.set(stop % 2, start(ports.get(stop % 2)));
        // Until callers of gRPC are connected again.
        TimeUnit.SECONDS.sleep(2);
      }
      Answers quickly = quick.end().answers();
      Answers slowly = slow.end().answers();
      report(experiment, "quick: " + quickly);
      report(experiment, "slow: " + slowly);
      for (Answers answers : List.of(quickly, slowly)) {
        assertThat(answers.only(one -> !one.isOk()).outcomes())
            .as("calls that failed, of %d", answers.count())
            .isEmpty();
      }
    }
  }

  private static Load load(String protocol, String key) {
    return Load.over(protocol, key, SERVERS.toArray(Server[]::new))
        .deadline(DEADLINE_MILLIS)
        .seconds(MOST_SECONDS);
  }

  private static Server start(List<String> ports) throws IOException {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.addAll(ports);
    return Server.startQuickly(data, settings.toArray(String[]::new));
  }

  /** Settings of free ports, below those that outgoing connections get. */
  private static List<String> ports() throws IOException {
    List<String> settings = new ArrayList<>();
    for (String name : List.of("rest", "grpc", "admin")) {
      settings.add("--" + name + "-port=" + freePort());
    }
    return settings;
  }

  private static int freePort() {
    Random random = new Random();
    while (true) {
      int port = 20_000 + random.nextInt(10_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // The next one.
      }
    }
  }
}
