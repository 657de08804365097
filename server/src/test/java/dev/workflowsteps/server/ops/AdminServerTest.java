package dev.workflowsteps.server.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.BrokenConnections;
import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {

  private static final String LOOPBACK = "127.0.0.1";
  private static final List<String> ALLOWED = List.of("Steps.monitoring.svc");
  private static final BuildInfo BUILD = new BuildInfo("1.2.3", "17.0.1");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Meters meters = new Meters(BUILD);
  private final Readiness readiness = new Readiness();
  private AdminServer server;

  @BeforeEach
  void start() {
    server = AdminServer.start(LOOPBACK, 0, ALLOWED, meters.registry(), readiness, BUILD);
  }

  @AfterEach
  void close() {
    server.close();
    readiness.close();
    meters.close();
  }

  @Test
  void start_anyPort_saysWhichOne() {
    assertThat(server.address().host()).isEqualTo(LOOPBACK);
    assertThat(server.address().port()).isPositive();
  }

  @Test
  void start_takenPort_namesPortAndFlag() {
    int port = server.address().port();

    assertThatThrownBy(
            () -> AdminServer.start(LOOPBACK, port, ALLOWED, meters.registry(), readiness, BUILD))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageStartingWith("admin port " + port + " can't be opened on 127.0.0.1: ")
        .hasMessageContaining("--admin-port");
  }

  @Test
  void start_unknownHost_namesHostAndFlag() {
    assertThatThrownBy(
            () ->
                AdminServer.start("host.invalid", 0, ALLOWED, meters.registry(), readiness, BUILD))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("on host.invalid: the host name is not known")
        .hasMessageContaining("--admin-host");
  }

  @Test
  void start_foreignAddress_saysWhatTheSystemSaid() {
    // 192.0.2.0/24 is for documentation: no machine has it.
    assertThatThrownBy(
            () -> AdminServer.start("192.0.2.1", 0, ALLOWED, meters.registry(), readiness, BUILD))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("can't be opened on 192.0.2.1: ")
        .hasMessageContaining("--admin-host");
  }

  @Test
  void livez_isOkWhileUnready() throws Exception {
    HttpResponse<String> answer = get("/livez");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok\n");
  }

  @Test
  void readyz_namesTheProblem() throws Exception {
    readiness.begin(
        List.of(
            new Check("database", () -> Optional.of("no connection; start PostgreSQL")),
            new Check("schema", Optional::empty)));

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("database: no connection; start PostgreSQL\nschema ok\n");
  }

  @Test
  void readyz_allWell_is200() throws Exception {
    readiness.begin(List.of(new Check("database", Optional::empty)));

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("database ok\n");
  }

  @Test
  void metrics_isPrometheusText() throws Exception {
    HttpResponse<String> answer = get("/metrics");

    assertThat(header(answer, "Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body())
        .contains("workflow_steps_build_info{java=\"17.0.1\",version=\"1.2.3\"} 1")
        .doesNotContain("# EOF");
  }

  @Test
  void metrics_askedForOpenMetrics_isOpenMetrics() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/metrics")
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));

    assertThat(header(answer, "Content-Type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(answer.body()).endsWith("# EOF\n");
  }

  @Test
  void info_isJson() throws Exception {
    HttpResponse<String> answer = get("/info");

    assertThat(header(answer, "Content-Type")).contains("application/json");
    assertThat(answer.body())
        .matches(
            "\\{\"name\":\"workflow-steps\",\"version\":\"1.2.3\",\"java\":\"17.0.1\","
                + "\"uptime_seconds\":\\d+}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/livez", "/readyz", "/info"})
  void head_isGetWithoutTheBody(String path) throws Exception {
    HttpResponse<String> answer = send(request(path).method("HEAD", BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(get(path).statusCode());
    assertThat(answer.body()).isEmpty();
    assertThat(header(answer, "Content-Length")).get().isNotEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics/", "/livezz", "/v1/workflows/steps"})
  void otherPath_is404(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void otherMethod_is405WithAllow() throws Exception {
    HttpResponse<String> answer = send(request("/livez").POST(BodyPublishers.ofString("x")));

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).contains("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9464",
        "10.1.2.3:9464",
        "[::1]",
        "[fe80::1]:9464",
        "localhost",
        "LocalHost:9464",
        "steps.monitoring.svc:9464",
        "STEPS.monitoring.svc"
      })
  void host_thatNoWebPageCanHave_orThatIsAllowed_isAnswered(String host) throws Exception {
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9464",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "a.localhost",
        "monitoring.svc",
        "x.steps.monitoring.svc",
        "[evil.example]",
        "127.0.0.1\r\nHost: evil.example",
        ""
      })
  void otherHost_is421_andTheTextNamesTheSetting(String host) throws Exception {
    for (String path : List.of("/livez", "/metrics", "/other")) {
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
          .startsWith("HTTP/1.1 421 ")
          .contains("admin-allowed-hosts");
    }
  }

  /** As health checks send it; no browser does. */
  @Test
  void noHost_isAnswered() throws Exception {
    assertThat(raw("GET /livez HTTP/1.0\r\n\r\n")).contains(" 200 ");
  }

  @Test
  void close_freesThePort() {
    int port = server.address().port();
    server.close();

    server = AdminServer.start(LOOPBACK, port, ALLOWED, meters.registry(), readiness, BUILD);

    assertThat(server.address().port()).isEqualTo(port);
  }

  @Test
  void brokenConnections_fillNoLog_andKeepNobodyOut() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      for (BrokenConnections each : BrokenConnections.values()) {
        each.open(server.address().port(), 2_000 / BrokenConnections.values().length + 1);
      }

      assertThat(log.lines()).isEmpty();
      assertThat(get("/livez").statusCode()).isEqualTo(200);
    }
  }

  /** What is answered to a request that no client library would send. */
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(LOOPBACK, server.address().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      StringBuilder read = new StringBuilder(answer.readLine());
      String line = answer.readLine();
      while (line != null && !line.isEmpty()) {
        line = answer.readLine();
      }
      return read.append('\n').append(answer.readLine()).toString();
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + server.address() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static Optional<String> header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name);
  }
}
