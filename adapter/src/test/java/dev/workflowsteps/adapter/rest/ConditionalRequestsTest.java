package dev.workflowsteps.adapter.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.http.StaticPage;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ETag} and {@code If-None-Match}, over HTTP/1.1 and cleartext HTTP/2. */
class ConditionalRequestsTest {

  private static final String LIST = "/v1/workflows/steps";
  private static final String ORIGIN = "https://app.example.com";
  private static final String LEFT = "\"requests\";r=0;t=1";

  private static final StaticPage PAGE =
      new StaticPage(
          "/page",
          MediaType.HTML_UTF_8,
          "default-src 'none'",
          CompletableFuture.completedFuture("<p>".repeat(1_000).getBytes(UTF_8)));

  private RestServer rest;
  private ClientFactory clients;

  /** What the server answers next. */
  private volatile ListenableFuture<UnaryResponse> answer;

  @BeforeEach
  void start() {
    rest =
        new RestServer(
            new RestOptions(
                "127.0.0.1", 0, Duration.ofSeconds(30), Duration.ofSeconds(1), List.of(ORIGIN)),
            ConnectionGuard.NONE,
            (method, request, headers, timeout) -> answer,
            Stream.of(StepsServiceProto.getDescriptor(), ArtifactsServiceProto.getDescriptor())
                .flatMap(file -> file.getServices().stream())
                .toList(),
            List.of(PAGE),
            (route, method, status, nanos) -> {},
            AccessLog.OFF);
    rest.start();
    clients = ClientFactory.builder().build();
    answerPage("s");
  }

  @AfterEach
  void stop() {
    clients.close();
    rest.close();
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"http-etag", "http-methods", "http-compression"})
  void sameBody_hasOneTag_forGetAndHead_compressedOrNot(Protocol protocol) {
    String tag = etag(send(protocol, get(LIST)));

    assertThat(tag).matches("W/\"[0-9a-f]{32}\"");
    assertThat(etag(send(protocol, get(LIST)))).isEqualTo(tag);
    assertThat(etag(send(protocol, head(LIST)))).isEqualTo(tag);
    for (RequestHeadersBuilder request : List.of(get(LIST), head(LIST))) {
      AggregatedHttpResponse compressed = send(protocol, request.set("accept-encoding", "gzip"));
      assertThat(compressed.headers().get("content-encoding")).isEqualTo("gzip");
      assertThat(etag(compressed)).isEqualTo(tag);
    }
    answerPage("t");
    assertThat(etag(send(protocol, get(LIST)))).isNotEqualTo(tag);
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"http-etag", "http-headers", "rate-limit-headers", "http-request-id"})
  void callerWhoHasTheBody_gets304_withTheHeadersThatAreNotOfTheBody(Protocol protocol) {
    String tag = etag(send(protocol, get(LIST)));
    for (RequestHeadersBuilder request : List.of(get(LIST), head(LIST))) {
      AggregatedHttpResponse response =
          send(
              protocol,
              request
                  .set("if-none-match", tag)
                  .set("accept-encoding", "gzip")
                  .set("origin", ORIGIN)
                  .set("x-request-id", "my-id"));

      assertThat(response.status().code()).isEqualTo(304);
      assertThat(response.content().isEmpty()).isTrue();
      assertThat(response.headers().get("etag")).isEqualTo(tag);
      assertThat(response.headers().get("cache-control")).isEqualTo("private, no-store");
      assertThat(response.headers().getAll("vary")).containsExactly("accept-encoding", "origin");
      assertThat(response.headers().getAll("date")).hasSize(1);
      assertThat(response.headers().get("x-content-type-options")).isEqualTo("nosniff");
      assertThat(response.headers().get("x-request-id")).isEqualTo("my-id");
      assertThat(response.headers().getAll("ratelimit")).containsExactly(LEFT);
      assertThat(response.headers().get("access-control-allow-origin")).isEqualTo(ORIGIN);
      assertThat(response.headers().get("access-control-expose-headers")).contains("etag");
      assertThat(response.headers().names())
          .extracting(Object::toString)
          .noneMatch(name -> name.startsWith("content-") || name.equals("transfer-encoding"));
    }
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-etag")
  void tagsAreCompared_whateverTheirForm_andOnlyWhole(Protocol protocol) {
    String tag = etag(send(protocol, get(LIST)));
    String strong = tag.substring("W/".length());

    assertThat(status(protocol, strong)).isEqualTo(304);
    assertThat(status(protocol, "*")).isEqualTo(304);
    assertThat(status(protocol, "\"x\", W/\"y,z\"," + tag)).isEqualTo(304);
    assertThat(status(protocol, "\"x\"", strong)).isEqualTo(304);
    assertThat(status(protocol, "\"" + "x".repeat(20_000) + "\"", tag)).isEqualTo(304);
    assertThat(status(protocol, "\"x\"", "\"y\"")).isEqualTo(200);
    assertThat(status(protocol, "\"\"")).isEqualTo(200);
    assertThat(status(protocol, strong.replace("\"", ""))).isEqualTo(200);
    assertThat(status(protocol, tag + "x")).isEqualTo(200);
    assertThat(status(protocol, "*", tag)).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-etag")
  void changedBody_isSentWhole_withItsOwnTag(Protocol protocol) {
    String tag = etag(send(protocol, get(LIST)));
    answerPage("t");

    AggregatedHttpResponse response = send(protocol, get(LIST).set("if-none-match", tag));

    assertThat(response.status().code()).isEqualTo(200);
    assertThat(response.contentUtf8()).contains("\"step_id\":\"t\"");
    assertThat(etag(response)).isNotEqualTo(tag);
    assertThat(status(protocol, tag, etag(response))).isEqualTo(304);
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-etag")
  void singleStepsAndRecords_haveATagToo(Protocol protocol) {
    answer(
        GetWorkflowStepResponse.newBuilder()
            .setStep(WorkflowStep.newBuilder().setStepId("s"))
            .build()
            .toByteArray());
    assertTagged(protocol, LIST + "/s");
    answer(GetWorkflowArtifactResponse.getDefaultInstance().toByteArray());
    assertTagged(protocol, "/v1/workflows/artifacts/a");
    answer(new byte[0]);
    assertTagged(protocol, "/v1/workflows/artifacts");
  }

  /** The 401 of a caller without a key first: a tag must not tell what is there. */
  @ParameterizedTest
  @EnumSource
  @Rule({"http-etag", "key-first"})
  void errors_areAnsweredAsWithoutACondition(Protocol protocol) {
    String tag = etag(send(protocol, get(LIST)));
    for (Code code :
        List.of(
            Code.UNAUTHENTICATED,
            Code.PERMISSION_DENIED,
            Code.NOT_FOUND,
            Code.INVALID_ARGUMENT,
            Code.RESOURCE_EXHAUSTED,
            Code.UNAVAILABLE,
            Code.DEADLINE_EXCEEDED,
            Code.INTERNAL)) {
      answer = Futures.immediateFailedFuture(code.toStatus().asRuntimeException());
      assertUnconditional(protocol, get(LIST), tag);
      assertUnconditional(protocol, head(LIST), tag);
    }
    // A message that can't be written.
    answer(new byte[] {1});
    assertUnconditional(protocol, get(LIST), tag);
    answerPage("s");
    assertUnconditional(protocol, get("/nothing"), tag);
    assertUnconditional(protocol, get(LIST + "?run_id=%ff"), tag);
    assertUnconditional(protocol, RequestHeaders.builder(HttpMethod.POST, LIST), tag);
    assertUnconditional(protocol, RequestHeaders.builder(HttpMethod.OPTIONS, LIST), tag);
    assertUnconditional(protocol, get("/page"), tag);
  }

  @Test
  @Rule("http-etag")
  void http1Response304_endsWithItsHeaders_andTheNextOneFollows() throws IOException {
    String request = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n";

    String answers =
        RawHttp.exchange(rest.port(), request + "\r\n" + request + "Connection: close\r\n\r\n");

    assertThat(answers.split("\r\n\r\n", -1))
        .hasSize(3)
        .satisfies(
            heads -> {
              assertThat(heads[0]).startsWith("HTTP/1.1 304 ").doesNotContain("content-length");
              assertThat(heads[1]).startsWith("HTTP/1.1 304 ").doesNotContain("content-length");
              assertThat(heads[2]).isEmpty();
            });
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"http-etag", "http-cors"})
  void pagesOfOtherOrigins_maySendAndReadTags(Protocol protocol) {
    AggregatedHttpResponse preflight =
        send(
            protocol,
            RequestHeaders.builder(HttpMethod.OPTIONS, LIST)
                .set("origin", ORIGIN)
                .set("access-control-request-method", "GET")
                .set("access-control-request-headers", "api-key,if-none-match"));

    assertThat(preflight.headers().get("access-control-allow-headers")).contains("if-none-match");
    AggregatedHttpResponse response = send(protocol, get(LIST).set("origin", ORIGIN));
    assertThat(response.headers().get("access-control-expose-headers")).contains("etag");
  }

  private void assertTagged(Protocol protocol, String path) {
    String tag = etag(send(protocol, get(path)));
    AggregatedHttpResponse same = send(protocol, get(path).set("if-none-match", tag));

    assertThat(same.status().code()).isEqualTo(304);
    assertThat(etag(send(protocol, head(path)))).isEqualTo(tag);
    assertThat(send(protocol, get(path).set("if-none-match", "\"x\"")).status().code())
        .isEqualTo(200);
  }

  private void assertUnconditional(Protocol protocol, RequestHeadersBuilder request, String tag) {
    AggregatedHttpResponse plain = send(protocol, request);
    for (String condition : List.of(tag, "*")) {
      AggregatedHttpResponse response = send(protocol, request.set("if-none-match", condition));

      assertThat(response.status()).isEqualTo(plain.status());
      assertThat(response.contentUtf8()).isEqualTo(plain.contentUtf8());
      assertThat(response.headers().contains("etag")).isFalse();
    }
  }

  private int status(Protocol protocol, String... conditions) {
    return send(protocol, get(LIST).add("if-none-match", List.of(conditions))).status().code();
  }

  private void answerPage(String stepId) {
    WorkflowStep step =
        WorkflowStep.newBuilder().setStepId(stepId).setBlockLabel("x".repeat(2_000)).build();
    answer(
        ListWorkflowStepsResponse.newBuilder()
            .addData(step)
            .setListMetadata(ListMetadata.getDefaultInstance())
            .build()
            .toByteArray());
  }

  private void answer(byte[] message) {
    Metadata fields = new Metadata();
    fields.put(CallHeaders.RATE_LIMIT, LEFT);
    answer = Futures.immediateFuture(new UnaryResponse(message, fields, () -> {}));
  }

  private static RequestHeadersBuilder get(String path) {
    return RequestHeaders.builder(HttpMethod.GET, path);
  }

  private static RequestHeadersBuilder head(String path) {
    return RequestHeaders.builder(HttpMethod.HEAD, path);
  }

  private static String etag(AggregatedHttpResponse response) {
    assertThat(response.status().code()).isEqualTo(200);
    return response.headers().get("etag");
  }

  private AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder request) {
    return WebClient.builder(
            protocol.name().toLowerCase(Locale.ROOT) + "://127.0.0.1:" + rest.port())
        .factory(clients)
        .build()
        .execute(request.build())
        .aggregate()
        .join();
  }
}
