package dev.workflowsteps.adapter.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.http.StaticPage;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.Rule;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** REST over real sockets, with a service behind it that does what a test asks for. */
class RestServerTest {

  private static final String LIST = "/v1/workflows/steps";
  private static final String PAGE = "https://app.example.com";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.workflowsteps");
  private static final List<StaticPage> PAGES =
      List.of(
          new StaticPage(
              "/page",
              MediaType.HTML_UTF_8,
              "default-src 'none'",
              CompletableFuture.completedFuture("<p>".repeat(1_000).getBytes(UTF_8))));

  private final FakeSteps steps = new FakeSteps();
  private final SeenCalls seen = new SeenCalls();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private Server upstream;
  private ManagedChannel channel;
  private RestServer rest;

  @BeforeEach
  void start() throws IOException {
    start(Duration.ofSeconds(60));
  }

  private void start(Duration requestTimeout) throws IOException {
    start(requestTimeout, Duration.ofSeconds(60));
  }

  private void start(Duration requestTimeout, Duration drainTimeout) throws IOException {
    logged.start();
    LOG.addAppender(logged);
    String name = UUID.randomUUID().toString();
    upstream =
        InProcessServerBuilder.forName(name)
            .executor(Executors.newCachedThreadPool())
            .addService(steps)
            .intercept(seen)
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
    rest =
        new RestServer(
            new RestOptions("127.0.0.1", 0, requestTimeout, drainTimeout, List.of(PAGE)),
            ConnectionGuard.NONE,
            UnaryChannel.of(channel),
            StepsServiceProto.getDescriptor().getServices(),
            PAGES,
            seen::answered,
            AccessLog.OFF);
    rest.start();
  }

  @AfterEach
  void stop() {
    rest.close();
    channel.shutdownNow();
    upstream.shutdownNow();
    LOG.detachAppender(logged);
  }

  @Test
  void list_isWrittenFromTheWire_withTheHeadersOfEveryAnswer() throws Exception {
    HttpResponse<String> answer = get(LIST + "?limit=3&status=a,b");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).endsWith("\"list_metadata\":{\"before\":null,\"after\":\"c\"}}");
    assertThat(answer.headers().map())
        .containsEntry("content-type", List.of("application/json"))
        .containsEntry("cache-control", List.of("private, no-store"))
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .doesNotContainKeys("server", "grpc-status", "content-encoding");
    assertThat(steps.listed.getLimit()).isEqualTo(3);
    assertThat(steps.listed.getStatusList()).containsExactly("a", "b");
    await().untilAsserted(() -> assertThat(seen.times).isEqualTo(LIST + " GET 200"));
  }

  @Test
  @Rule("view")
  void view_decidesWhichKeysAnAnswerHas() throws Exception {
    for (String path : List.of(LIST, LIST + "/s")) {
      String full = get(path + "?view=full").body();

      assertThat(full).contains("\"handle_outputs\":{},\"handle_inputs\":{},");
      assertThat(get(path).body()).isEqualTo(full);
      assertThat(get(path + "?view=Basic").body())
          .isEqualTo(full.replace("\"handle_outputs\":{},\"handle_inputs\":{},", ""));
    }
  }

  @Test
  void get_isTheStepItself_andTakesAnyIdInThePath() throws Exception {
    HttpResponse<String> answer = get(LIST + "/a;b+c%2Fd%C3%A9:~@.?run_id=r");

    assertThat(answer.body())
        .startsWith("{\"run_id\":\"r\",\"block_id\":\"\",\"step_id\":\"a;b+c/dé:~@.\"");
  }

  @Test
  void list_takesDotsInTheQuery() throws Exception {
    assertThat(get(LIST + "?run_id=..&step_id=a/../b%2F%2E%2E").statusCode()).isEqualTo(200);

    assertThat(steps.listed.getRunId()).isEqualTo("..");
    assertThat(steps.listed.getStepId()).isEqualTo("a/../b/..");
  }

  @Test
  @Rule("key-forms")
  void credentialsAndRequestId_goToTheServer() throws Exception {
    HttpRequest request =
        request(LIST)
            .header("Api-Key", "key-1")
            .header("Authorization", "Bearer key-2")
            .header("x-request-id", "id-1")
            .build();

    HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());

    assertThat(answer.headers().firstValue("x-request-id")).hasValue("id-1");
    assertThat(seen.header("api-key")).isEqualTo("key-1");
    assertThat(seen.header("authorization")).isEqualTo("Bearer key-2");
    assertThat(seen.header("x-request-id")).isEqualTo("id-1");
  }

  /** The server breaks off a call with over 8 KiB of metadata, and cannot say 401 then. */
  @Test
  @Rule("key-one-answer")
  void credentialsLongerThanAnyKey_areCutOff_andOfManyTwoAreSent() throws Exception {
    HttpRequest.Builder request = request(LIST).header("Authorization", "x".repeat(20_000));
    for (int i = 0; i < 100; i++) {
      request.header("Api-Key", "key-" + i);
    }

    assertThat(HTTP.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(seen.header("authorization")).isEqualTo("x".repeat(256));
    assertThat(seen.headers.getAll(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER)))
        .containsExactly("key-0", "key-1");
  }

  /** Over a network gRPC would drop it, and log it. */
  @Test
  @Rule({"key-forms", "key-one-answer"})
  void credentialsThatAreNoMetadata_countAsGiven_andAreNoKey() throws Exception {
    String request = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

    exchange(request + "Authorization: Bearer\tkey-1\r\nApi-Key: key-\u00e9\r\n\r\n");

    assertThat(seen.header("authorization")).isEqualTo("-");
    assertThat(seen.header("api-key")).isEqualTo("-");
  }

  @Test
  void requestIdThatIsNotUsable_isReplaced_andNoTwoAreTheSame() throws Exception {
    String one = id(request(LIST).header("x-request-id", "a b").build());
    String two = id(request(LIST).header("x-request-id", "x".repeat(65)).build());

    assertThat(one).startsWith("req_").isNotEqualTo(two);
    assertThat(two).startsWith("req_");
  }

  @Test
  @Rule("key-not-in-query")
  void findings_goToTheServer_andAKeyInTheQueryNeverComesBack() throws Exception {
    HttpResponse<String> answer = get(LIST + "?api_key=wfs_secret&limit=x");

    assertThat(answer.statusCode()).isEqualTo(200);
    Violations findings = Violations.parseFrom(seen.violations);
    assertThat(findings.getViolationsList())
        .extracting("field")
        .containsExactly("api_key", "limit");
    assertThat(findings.toString()).doesNotContain("wfs_secret");
  }

  @Test
  void unknownPaths_are404_inTheBodyOfAllErrors() throws Exception {
    for (String path : new String[] {"/", LIST + "/", LIST + "/a/b", "/v1", LIST + ";x=1"}) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body())
          .isEqualTo(
              """
              {"detail":{"code":"route_not_found","message":"%1$s","details":{"error":"%1$s"}}}"""
                  .formatted("No route matches this path. See /docs for the available routes."));
      assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }
    assertThat(get("/" + LIST).statusCode()).isEqualTo(200);
  }

  @Test
  void otherMethods_are405WithAllow_optionsTellsThem() throws Exception {
    for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
      HttpResponse<String> answer = send(method, LIST);
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS");
    }
    HttpResponse<String> options = send("OPTIONS", LIST);
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS");
  }

  @Test
  void head_isGetWithoutABody() throws Exception {
    HttpResponse<String> get = get(LIST);
    HttpResponse<String> head = send("HEAD", LIST);

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length"))
        .isEqualTo(get.headers().firstValue("content-length"));
  }

  @Test
  void page_needsNoServer_andHasTheMannersOfEveryAnswer() throws Exception {
    HttpResponse<String> page = get("/page");
    HttpResponse<String> head = send("HEAD", "/page");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEqualTo("<p>".repeat(1_000));
    assertThat(page.headers().map())
        .containsEntry("content-type", List.of("text/html; charset=utf-8"))
        .containsEntry("content-security-policy", List.of("default-src 'none'"))
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .containsEntry("content-length", List.of("3000"))
        .containsKey("x-request-id");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length")).hasValue("3000");
    assertThat(send("OPTIONS", "/page").statusCode()).isEqualTo(204);
    assertThat(send("POST", "/page").statusCode()).isEqualTo(405);
    assertThat(send("POST", "/page").headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(get("/page/").statusCode()).isEqualTo(404);
    assertThat(seen.headers).isNull();
    await().untilAsserted(() -> assertThat(seen.times).isEqualTo("other GET 404"));
  }

  @Test
  void page_isCompressed_whereThatIsAskedFor() throws Exception {
    HttpRequest asked = request("/page").header("accept-encoding", "gzip").build();

    HttpResponse<byte[]> answer = HTTP.send(asked, BodyHandlers.ofByteArray());

    assertThat(answer.headers().map())
        .containsEntry("content-encoding", List.of("gzip"))
        .containsEntry("content-length", List.of(String.valueOf(answer.body().length)));
    assertThat(answer.headers().allValues("vary")).containsExactly("accept-encoding", "origin");
  }

  @Test
  @Rule({"error-inside", "error-retry"})
  void errorsOfTheServer_comeAsTheirRowOfTheTable() throws Exception {
    steps.fails = Status.UNAVAILABLE.withDescription("column secret");
    HttpResponse<String> unavailable = get(LIST);
    steps.fails = Status.INTERNAL.withDescription("column secret");
    HttpResponse<String> internal = get(LIST);

    assertThat(unavailable.statusCode()).isEqualTo(503);
    assertThat(unavailable.headers().firstValue("retry-after")).hasValue("1");
    assertThat(unavailable.body()).doesNotContain("column secret");
    assertThat(internal.statusCode()).isEqualTo(500);
    assertThat(internal.body()).doesNotContain("column secret");
  }

  @Test
  @Rule({"rate-limit", "rate-limit-headers"})
  void rateLimits_areInTheFieldsOfAnswers_andOfRefusals() throws Exception {
    seen.adds.put(CallHeaders.RATE_LIMIT, "\"requests\";r=1;t=1");
    seen.adds.put(CallHeaders.RATE_LIMIT_POLICY, "\"requests\";q=2;w=1");
    HttpResponse<String> answer = get(LIST);
    steps.fails = Status.RESOURCE_EXHAUSTED;
    steps.failsWith = rateLimited(2_500);
    HttpResponse<String> refused = get(LIST);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).hasValue("3");
    assertThat(refused.body()).contains("\"rate_limited\"");
    for (HttpResponse<String> each : List.of(answer, refused)) {
      assertThat(each.headers().map())
          .containsEntry("ratelimit", List.of("\"requests\";r=1;t=1"))
          .containsEntry("ratelimit-policy", List.of("\"requests\";q=2;w=1"));
    }
  }

  private static Metadata rateLimited(long retryAfterMillis) {
    return StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                .addDetails(
                    Any.pack(
                        ErrorInfo.newBuilder()
                            .setReason("RATE_LIMITED")
                            .setDomain(ErrorTable.DOMAIN)
                            .build()))
                .addDetails(
                    Any.pack(
                        RetryInfo.newBuilder()
                            .setRetryDelay(Durations.fromMillis(retryAfterMillis))
                            .build()))
                .build())
        .getTrailers();
  }

  @Test
  @Rule("error-retry")
  void callThatTheServerBreaksOff_is503_forTheCallerIsStillThere() throws Exception {
    steps.fails = Status.CANCELLED.withDescription("RST_STREAM closed stream");

    HttpResponse<String> broken = get(LIST);

    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(broken.headers().firstValue("retry-after")).hasValue("1");
    assertThat(broken.body()).contains("\"unavailable\"").doesNotContain("RST_STREAM");
  }

  @Test
  @Rule("grpc-cancel")
  void answerThatDoesNotCome_is504_andTheCallIsCancelled() throws Exception {
    stop();
    start(Duration.ofSeconds(1));
    steps.hangs = true;

    assertThat(get(LIST).statusCode()).isEqualTo(504);
    assertThat(steps.cancelled.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void callerWhoGoesAway_cancelsTheCall() throws Exception {
    steps.hangs = true;
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.getOutputStream().write(RawHttp.bytes("GET " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(steps.called.get(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(steps.cancelled.get(10, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(seen.times).isEqualTo(LIST + " GET 499"));
    assertThat(logged.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.ERROR);
  }

  @Test
  void callerWhoGoesAwayWithinABody_isNoErrorOfTheProgram() throws Exception {
    try (ClientFactory clients = ClientFactory.builder().build()) {
      HttpRequestWriter body =
          com.linecorp.armeria.common.HttpRequest.streaming(
              RequestHeaders.of(HttpMethod.POST, LIST));
      var unused =
          WebClient.builder("h2c://127.0.0.1:" + rest.port())
              .factory(clients)
              .build()
              .execute(body)
              .aggregate();
      body.write(HttpData.ofUtf8("abc"));
      body.whenConsumed().get(10, TimeUnit.SECONDS);

      body.abort();

      await().untilAsserted(() -> assertThat(seen.times).isEqualTo("other other 499"));
    }
    assertThat(logged.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.ERROR);
  }

  @Test
  void brokenBody_isMalformed_alsoInTheMetrics() throws Exception {
    String head = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertError(exchange(head + "-1\r\n"), 400, "malformed_request");

    await().untilAsserted(() -> assertThat(seen.times).isEqualTo("other GET 400"));
  }

  @Test
  void bodyThatDoesNotCome_isMalformed_andTheConnectionClosed() throws Exception {
    stop();
    start(Duration.ofSeconds(1));
    assertError(
        exchange("GET " + LIST + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"),
        400,
        "malformed_request");
  }

  @Test
  void close_letsRunningRequestsEnd_andThenIdleConnections() throws Exception {
    get("/page");
    steps.hangs = true;
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.getOutputStream().write(RawHttp.bytes("GET " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(steps.called.get(10, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Void> closed = CompletableFuture.runAsync(rest::close);
      TimeUnit.MILLISECONDS.sleep(300);

      steps.answer(steps.hanging);

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200")
          .endsWith("\"after\":\"c\"}}");
      closed.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void announceStop_endsEachConnectionWithItsNextResponse_andNewOnesAreServed() throws Exception {
    String get = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      rest.announceStop();

      socket.getOutputStream().write(RawHttp.bytes(get));

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("connection: close");
    }
    assertThat(exchange(get)).startsWith("HTTP/1.1 200");
  }

  @Test
  @Rule("error-retry")
  void requestThatOutlastsTheStop_is503() throws Exception {
    stop();
    start(Duration.ofSeconds(60), Duration.ofMillis(100));
    steps.hangs = true;
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.getOutputStream().write(RawHttp.bytes("GET " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(steps.called.get(10, TimeUnit.SECONDS)).isTrue();

      rest.close();

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 503")
          .contains("retry-after: 1", "\"unavailable\"");
    }
    assertThat(logged.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.ERROR);
  }

  @Test
  void rawRequests_areAnsweredInOrder_onOneConnection() throws Exception {
    String answers =
        exchange(
            "GET "
                + LIST
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET "
                + LIST
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(4);
    assertThat(answers)
        .containsSubsequence("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK");
  }

  @Test
  @Rule({"error-body", "http-limits"})
  void whatIsNoRequest_isAnErrorInTheSameBody_withARequestId() throws Exception {
    String close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    String long40k = "a".repeat(40_000);

    assertError(exchange("GET " + LIST + "/%zz" + close), 400, "malformed_request");
    assertError(exchange("GET " + LIST + "?run_id=%ff" + close), 400, "malformed_request");
    assertError(exchange("GET " + LIST + "?run_id=" + long40k + close), 414, "uri_too_long");
    assertError(
        exchange("GET " + LIST + " HTTP/1.1\r\nHost: x\r\nx-a: " + long40k + "\r\n\r\n"),
        431,
        "headers_too_large");
    assertError(
        exchange("GET " + LIST + " HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n" + long40k),
        413,
        "request_too_large");
  }

  private static void assertError(String answer, int status, String code) {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .contains("x-request-id: req_", "{\"detail\":{\"code\":\"" + code + "\"");
  }

  private String exchange(String request) throws IOException {
    return RawHttp.exchange(rest.port(), request);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return HTTP.send(
        request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private String id(HttpRequest request) throws Exception {
    return HTTP.send(request, BodyHandlers.ofString())
        .headers()
        .firstValue("x-request-id")
        .orElseThrow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rest.port() + path));
  }
}
