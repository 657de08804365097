package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.StoredSchema;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.embedded.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Several servers on one database behind one {@code serve-rest}, at 300 requests a second, while
 * servers die, restart, and are away.
 *
 * <p>{@code -Dwfs.test.fleet.kills=N}, {@code -Dwfs.test.fleet.restarts=N} and {@code
 * -Dwfs.test.fleet.outage=SECONDS} make it longer.
 */
class FleetIT {

  private static final int KILLS = Integer.getInteger("wfs.test.fleet.kills", 1);
  private static final int RESTARTS = Integer.getInteger("wfs.test.fleet.restarts", 2);
  private static final int OUTAGE_SECONDS = Integer.getInteger("wfs.test.fleet.outage", 3);

  private static final int REQUESTS_PER_SECOND = 300;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Each test leaves all of them running. */
  private static final List<Program> SERVERS = new ArrayList<>();

  private static String database;
  private static String key;

  private Program rest;

  @BeforeAll
  static void createDatabase() {
    database = TestPostgres.freshDatabaseUrl();
    Settings settings = Settings.load(Map.of("database-url", database), Map.of());
    new StoredSchema().migrate(settings, false, ProgressListener.NONE);
    try (StoredData data = StoredData.command(settings, false, "FleetIT", ProgressListener.NONE)) {
      KeyService keys = new KeyService(data.stores().keyStore(), Clock.systemUTC());
      keys.ensureOrganization(Demo.ORGANIZATION, true);
      Demo.importSample(data);
      key = keys.create(Demo.ORGANIZATION, Scope.ALL, Optional.empty()).text();
    }
  }

  @AfterEach
  void stopRest() throws Exception {
    rest.close();
  }

  @AfterAll
  static void killServers() throws Exception {
    for (Program server : SERVERS) {
      server.kill();
    }
  }

  @Test
  void killOfOneOfThreeServers_failsNoRequest() throws Exception {
    start(3);
    try (SteadyLoad load = load()) {
      for (int kill = 0; kill < KILLS; kill++) {
        awaitRequests(load, 1);
        int port = SERVERS.get(kill % 3).grpcPort();
        SERVERS.get(kill % 3).kill();
        awaitRequests(load, 1);
        SERVERS.set(kill % 3, server(port));
        awaitAllServing();
      }
      awaitRequests(load, 1);
      assertNoneFailed(load, KILLS + " of kill -9");
    }
  }

  @Test
  void rollingRestartsOfTwoServers_failNoRequest() throws Exception {
    start(2);
    try (SteadyLoad load = load()) {
      for (int restart = 0; restart < RESTARTS; restart++) {
        int port = SERVERS.get(restart % 2).grpcPort();
        assertThat(SERVERS.get(restart % 2).stop()).last().isEqualTo("stopped");
        SERVERS.set(restart % 2, server(port));
      }
      awaitRequests(load, 1);
      assertNoneFailed(load, RESTARTS + " restarts");
    }
  }

  @Test
  void outageOfAllServers_isOverSoonAfterItsEnd() throws Exception {
    start(2);
    List<Program> both = List.copyOf(SERVERS.subList(0, 2));
    List<Integer> ports = both.stream().map(Program::grpcPort).toList();
    SERVERS.removeAll(both);
    for (Program server : both) {
      server.kill();
    }
    Duration outage = Duration.ofSeconds(OUTAGE_SECONDS);
    await().during(outage).atMost(outage.plus(PATIENCE)).until(() -> status(steps()) == 503);
    HttpResponse<String> unready = get(rest.adminUrl() + "/readyz");
    assertThat(unready.statusCode()).isEqualTo(503);
    assertThat(unready.body())
        .startsWith("upstream: no answer from 127.0.0.1:" + ports.get(0))
        .contains("no answer from 127.0.0.1:" + ports.get(1));

    SERVERS.add(server(ports.get(0)));
    long listening = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> status(steps()) == 200);
    long served = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> status(rest.adminUrl() + "/readyz") == 200);

    System.out.printf(
        "fleet: after an outage of %d s served %d ms, ready %d ms after the server's first line%n",
        OUTAGE_SECONDS,
        Duration.ofNanos(served - listening).toMillis(),
        Duration.ofNanos(System.nanoTime() - listening).toMillis());
    // One is still away: the adapter is ready, and names it.
    assertThat(get(rest.adminUrl() + "/readyz").body())
        .startsWith("upstream ok\nupstream out: no answer from 127.0.0.1:" + ports.get(1));
  }

  private void start(int count) throws IOException {
    while (SERVERS.size() < count) {
      SERVERS.add(server(freePort()));
    }
    rest =
        Program.start(
            "ready ",
            "serve-rest",
            "--rest-port=0",
            "--upstream="
                + SERVERS.stream()
                    .limit(count)
                    .map(server -> "127.0.0.1:" + server.grpcPort())
                    .collect(Collectors.joining(",")));
    // It names the cause of a response that failed.
    rest.readWords(System.err::println);
    awaitAllServing();
  }

  /** The drain delay is what the adapter has to notice that a server is back, or about to stop. */
  private static Program server(int port) throws IOException {
    return Program.start(
        "ready ",
        "serve-grpc",
        "--database-url=" + database,
        "--database-pool-size=3",
        "--grpc-port=" + port,
        "--drain-delay=3s");
  }

  private void awaitAllServing() {
    await()
        .atMost(PATIENCE)
        .until(() -> get(rest.adminUrl() + "/readyz").body().strip().equals("upstream ok"));
  }

  private SteadyLoad load() throws Exception {
    return new SteadyLoad(steps(), key, REQUESTS_PER_SECOND);
  }

  /** So many seconds' requests more. */
  private static void awaitRequests(SteadyLoad load, int seconds) {
    int end = load.sent() + seconds * REQUESTS_PER_SECOND;
    await().atMost(PATIENCE).until(() -> load.sent() >= end);
  }

  private void assertNoneFailed(SteadyLoad load, String what) throws Exception {
    List<String> failed = load.stop();
    String retries = counts(rest, "workflow_steps_upstream_retries_total");
    StringBuilder refusals = new StringBuilder();
    for (Program server : SERVERS) {
      refusals.append(" ; ").append(counts(server, "workflow_steps_calls_refused_total"));
    }
    System.out.printf(
        "fleet: %s: %d requests (%d a second), %d failed, slowest %d ms, retries: %s%s%n",
        what,
        load.sent(),
        load.perSecond(),
        failed.size(),
        load.slowest().toMillis(),
        retries,
        refusals);
    assertThat(failed.stream().limit(5)).as("the first failed of %d", load.sent()).isEmpty();
  }

  private static String counts(Program program, String metric) throws Exception {
    return get(program.adminUrl() + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(metric))
        .map(line -> line.replaceAll(".*=\"(.*)\"} (.*)", "$1 $2"))
        .collect(Collectors.joining(", "));
  }

  private String steps() {
    return rest.restUrl() + "/v1/workflows/steps?run_id=run_abc123xyz";
  }

  private static int status(String url) throws Exception {
    return get(url).statusCode();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url)).header("Api-Key", key).build(),
        BodyHandlers.ofString());
  }

  /** Below those that outgoing connections get, so that it is free for a restart too. */
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
