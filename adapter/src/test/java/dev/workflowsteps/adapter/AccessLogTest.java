package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.ops.AccessLogger;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepRecorder;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** REST in front of a gRPC server, with the access log of both. */
@Timeout(120)
class AccessLogTest {

  private static final String STEPS = "/v1/workflows/steps";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");
  private static final Pattern ID = Pattern.compile("x-request-id: (\\S+)");

  private final CapturedLog log = new CapturedLog();
  private final InMemoryStores stores = new InMemoryStores(new InMemoryStepStore());
  private final KeyService keys = new KeyService(stores.keys, Clock.systemUTC());
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final Readiness readiness = new Readiness();
  private final String key = key("acme", Scope.READ);

  /** How REST reaches the server. */
  enum Hop {
    /** As {@code serve} does. */
    LOCAL,
    /** As {@code serve-rest} does. */
    NETWORK
  }

  /**
   * A request.
   *
   * @param code of the call behind it; empty if there is none
   */
  private record Case(String head, String body, int status, String code) {}

  @AfterEach
  void close() {
    log.close();
    readiness.close();
    meters.close();
  }

  private String key(String organization, Scope scope) {
    keys.ensureOrganization(organization, true);
    return keys.create(organization, Set.of(scope), Optional.empty()).text();
  }

  /** With as many of a status as are written in a second. */
  private List<Case> cases(String limited) {
    String writing = key("acme", Scope.WRITE);
    return List.of(
        get(STEPS + "?limit=2", key, 200, ""),
        get("/docs?$KEY", "", 200, ""),
        get("/v1/nothing/$KEY", key, 404, ""),
        get("/$KEY", "", 404, ""),
        new Case("DELETE " + STEPS + "/$KEY HTTP/1.1\r\nHost: x\r\n", "", 405, ""),
        new Case("PURGE / HTTP/1.1\r\nHost: x\r\n", "", 405, ""),
        get(STEPS + "?run_id=%ff$KEY", key, 400, ""),
        new Case("GET / HTTP/1.1\r\nHost: x\r\nHost: $KEY\r\n", "", 400, ""),
        new Case(
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n", "$KEY\r\n", 400, ""),
        new Case("GET /$KEY\r\n", "", 400, ""),
        get("/" + "a".repeat(40_000), "", 414, ""),
        new Case("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(40_000) + "\r\n", "", 431, ""),
        new Case(
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n", "a".repeat(20_000), 413, ""),
        get(STEPS + "?limit=0&run_id=$KEY", "", 401, "UNAUTHENTICATED"),
        get(STEPS + "?after=$KEY", "wfs_wrong", 401, "UNAUTHENTICATED"),
        get(STEPS + "?run_id=$KEY", writing, 403, "PERMISSION_DENIED"),
        get(STEPS + "/$KEY", key, 404, "NOT_FOUND"),
        get(STEPS + "/$KEY?run_id=$KEY", key, 422, "INVALID_ARGUMENT"),
        get("/v1/workflows/artifacts/$KEY", key, 404, "NOT_FOUND"),
        get(STEPS + "?limit=0&$KEY=1", key, 422, "INVALID_ARGUMENT"),
        get(STEPS + "?api_key=$KEY", key, 422, "INVALID_ARGUMENT"),
        get(STEPS + "?after=$KEY", key, 422, "INVALID_ARGUMENT"),
        get(STEPS + "?status=$KEY", key, 422, "INVALID_ARGUMENT"),
        get(STEPS + ":count?block_type=$KEY", key, 422, "INVALID_ARGUMENT"),
        get(STEPS + "?limit=1", limited, 429, "RESOURCE_EXHAUSTED"));
  }

  private static Case get(String target, String key, int status, String code) {
    String sent = key.isEmpty() ? "" : "Api-Key: " + key + "\r\n";
    return new Case("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + sent, "", status, code);
  }

  /** The key of an organization that has had its bytes of many minutes, after one request. */
  private String limitedKey() {
    String limited = key("limited", Scope.READ);
    keys.limit("limited", new OrganizationLimits(OptionalLong.of(0), OptionalLong.of(1)));
    WorkflowStep step =
        WorkflowStep.newBuilder()
            .setRunId("r")
            .setStepId("s")
            .setBlockId("b")
            .setBlockType("parse")
            .setBlockLabel("a".repeat(1_000))
            .setLifecycle(StepLifecycle.newBuilder().setStatus("running"))
            .build();
    var unused =
        new StepRecorder(stores.steps)
            .record("limited", List.of(step), Call.within(Duration.ofMinutes(1)));
    return limited;
  }

  /** More than fifty requests over each hop; the key is where a caller may put it by mistake. */
  @ParameterizedTest
  @EnumSource
  void everyError_isFoundByItsId_onBothSides_andNoLineHoldsAKey(Hop hop) throws Exception {
    List<String> expected = new ArrayList<>();
    try (Both both = new Both(hop, Map.of())) {
      String limited = limitedKey();
      both.ask(get(STEPS, limited, 200, ""), "");
      expected.addAll(both.askAtOnce(cases(limited), List.of("curl/8.5.0", "key=$KEY")));
      stores.steps.failScans(new IllegalStateException("broken"));
      expected.addAll(both.ask(get(STEPS, key, 500, "INTERNAL"), "x-request-id: broken\r\n"));
      stores.steps.failScans(failure(FailedCallException.Reason.UNAVAILABLE));
      expected.addAll(both.ask(get(STEPS, key, 503, "UNAVAILABLE"), ""));
      stores.steps.failScans(failure(FailedCallException.Reason.DEADLINE_EXCEEDED));
      expected.addAll(both.ask(get(STEPS, key, 504, "DEADLINE_EXCEEDED"), ""));
      await()
          .untilAsserted(
              () ->
                  assertThat(expected)
                      .allSatisfy(
                          line -> assertThat(lines()).anyMatch(found -> found.matches(line))));
    }

    // A good one may have been slow.
    assertThat(lines())
        .filteredOn(line -> !line.contains(" 200 ") && !line.contains(" OK "))
        .hasSameSizeAs(expected);
    assertThat(log.lines())
        .filteredOn(line -> line.contains(" ERROR "))
        .singleElement()
        .asString()
        .contains("[broken] UnaryCall: a call failed by an error of the program");
    String secret = key.substring(13);
    assertThat(lines()).noneMatch(line -> line.contains(secret) || line.contains("run_id"));
    assertThat(lines())
        .filteredOn(line -> line.contains(" 422 ") || line.contains("INVALID_ARGUMENT"))
        .isNotEmpty()
        .allMatch(line -> line.contains(" organization=acme key=" + key.substring(4, 12)));
  }

  private static FailedCallException failure(FailedCallException.Reason reason) {
    return new FailedCallException(reason, "of the test");
  }

  @ParameterizedTest
  @EnumSource
  void traceparent_isInTheLinesOfBothSides_ifItIsValid(Hop hop) throws Exception {
    Case asked = get(STEPS, key, 200, "");
    String valid = "traceparent: 00-" + TRACE + "-00f067aa0ba902b7-01\r\n";
    try (Both both = new Both(hop, Map.of("access-log", "all"))) {
      both.ask(asked, "x-request-id: valid\r\n" + valid);
      both.ask(asked, "x-request-id: other\r\n" + valid.replace("00-4", "00-x"));
      both.ask(asked, "x-request-id: twice\r\n" + valid + valid);
      await().until(() -> lines().size() == 6);
    }

    assertThat(lines()).filteredOn(line -> line.contains("[valid " + TRACE + "]")).hasSize(2);
    assertThat(lines()).filteredOn(line -> line.contains("[other]")).hasSize(2);
    assertThat(lines()).filteredOn(line -> line.contains("[twice]")).hasSize(2);
    assertThat(lines())
        .filteredOn(line -> line.contains("ListWorkflowSteps"))
        .allMatch(line -> line.contains(" OK ms=") && line.contains(" rows=0 bytes="));
  }

  /** It is refused when the time of its request is over. */
  @Test
  void lateBody_hasItsLine() throws Exception {
    try (Both both = new Both(Hop.LOCAL, Map.of("request-timeout", "200ms"))) {
      String head = "GET " + STEPS + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n";
      List<String> expected = both.ask(new Case(head, "$KEY", 400, ""), "");

      await().until(() -> lines().size() == 1);
      assertThat(lines().get(0)).matches(expected.get(0)).doesNotContain(key);
    }
  }

  /** Every failure here has a line with a stack trace, too. */
  @ParameterizedTest
  @EnumSource
  void requests_areAnswered_whileNobodyReadsStderr(Hop hop) throws Exception {
    try (Both both = new Both(hop, Map.of("access-log", "all"))) {
      stores.steps.failScans(new IllegalStateException("broken"));
      CountDownLatch readsOn = log.stall();

      for (int i = 0; i < 4; i++) {
        both.ask(get(STEPS, key, 500, "INTERNAL"), "");
        both.ask(get(STEPS + "?limit=0", key, 422, "INVALID_ARGUMENT"), "");
      }
      readsOn.countDown();
      await().until(() -> lines().size() == 16);
    }

    assertThat(log.lines()).filteredOn(line -> line.contains(" ERROR ")).hasSize(4);
  }

  private List<String> lines() {
    return log.lines().stream().filter(line -> line.contains(" access: ")).toList();
  }

  /** A server of both protocols. */
  private final class Both implements AutoCloseable {

    private final Settings settings;
    private final GrpcServer grpc;
    private final Optional<ManagedChannel> channel;
    private final RestServer rest;

    Both(Hop hop, Map<String, String> given) {
      Map<String, String> all = new HashMap<>(given);
      all.putAll(Map.of("grpc-port", "0", "rest-port", "0", "drain-delay", "0s"));
      settings = Settings.load(all, Map.of());
      AccessLog accessLog = new AccessLogger(settings.get(Setting.ACCESS_LOG));
      grpc =
          new GrpcServer(
              settings,
              stores.all(),
              Clock.systemUTC(),
              readiness,
              meters,
              accessLog,
              Optional.empty());
      grpc.start();
      channel =
          hop == Hop.LOCAL
              ? Optional.empty()
              : Optional.of(
                  NettyChannelBuilder.forAddress("127.0.0.1", grpc.port()).usePlaintext().build());
      rest =
          RestServers.start(
              settings,
              Optional.empty(),
              channel.map(UnaryChannel::of).orElseGet(() -> Serve.local(grpc)),
              meters,
              accessLog);
    }

    /** Asks for each with each agent, as {@link #ask}. */
    List<String> askAtOnce(List<Case> cases, List<String> agents) throws Exception {
      List<Callable<List<String>>> requests = new ArrayList<>();
      for (String agent : agents) {
        String headers = "User-Agent: " + agent + "\r\nReferer: $KEY\r\n";
        cases.forEach(asked -> requests.add(() -> ask(asked, headers)));
      }
      ExecutorService callers = Executors.newFixedThreadPool(requests.size());
      List<String> lines = new ArrayList<>();
      for (Future<List<String>> answered : callers.invokeAll(requests)) {
        lines.addAll(answered.get());
      }
      callers.shutdown();
      return lines;
    }

    /** Sends a request; returns patterns of the lines that there must be. */
    List<String> ask(Case asked, String headers) throws IOException {
      String request = asked.head() + "Connection: close\r\n" + headers + "\r\n" + asked.body();
      // No key has a dollar sign.
      String answer = RawHttp.exchange(rest.port(), request.replace("$KEY", key));
      assertThat(first(STATUS, answer)).as(request).isEqualTo(Integer.toString(asked.status()));
      // Only the hop has these.
      assertThat(answer)
          .doesNotContainIgnoringCase(CallHeaders.ORGANIZATION.name())
          .doesNotContainIgnoringCase(CallHeaders.KEY_ID.name());
      String id = Pattern.quote('[' + first(ID, answer) + ']');
      List<String> lines = new ArrayList<>();
      if (asked.status() >= 400) {
        lines.add(".* INFO  " + id + " access: [A-Z]+ \\S+ " + asked.status() + " .*bytes=.*");
      }
      if (!asked.code().isEmpty()) {
        lines.add(".* INFO  " + id + " access: workflows.v1.\\S+ " + asked.code() + " ms=.*");
      }
      return lines;
    }

    private static String first(Pattern pattern, String text) {
      Matcher matcher = pattern.matcher(text);
      return Stream.of(matcher)
          .filter(Matcher::find)
          .map(found -> found.group(1))
          .findFirst()
          .orElse("none in " + text.substring(0, Math.min(200, text.length())));
    }

    @Override
    public void close() {
      rest.close();
      channel.ifPresent(ManagedChannel::shutdownNow);
      grpc.close();
    }
  }
}
