package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.rest.EchoingRest.Transport;
import dev.workflowsteps.server.Rule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP itself may ask for, over HTTP/1.1 and cleartext HTTP/2. */
@ParameterizedClass
@EnumSource(Transport.class)
class HttpMannersTest {

  @Parameter private Transport transport;

  private static final String LIST = "/v1/workflows/steps";
  private static final String BIG = LIST + "?limit=100";
  private static final String DATE = "\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT";

  private static EchoingRest rest;

  @BeforeParameterizedClassInvocation
  static void start(Transport transport) {
    rest = new EchoingRest(List.of(), transport);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    rest.close();
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"http-protocols", "http-headers", "http-type"})
  void answers_saySameThings_overEitherProtocol(Protocol protocol) {
    RequestHeadersBuilder odd =
        headers(HttpMethod.GET, LIST)
            .set(HttpHeaderNames.ACCEPT, "text/html")
            .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
            .set(HttpHeaderNames.IF_MATCH, "\"x\"")
            .set(HttpHeaderNames.IF_UNMODIFIED_SINCE, "Sat, 01 Jan 2000 00:00:00 GMT")
            .set(HttpHeaderNames.IF_RANGE, "\"x\"")
            .set(HttpHeaderNames.RANGE, "bytes=0-1")
            .set(HttpHeaderNames.IF_MODIFIED_SINCE, "Sat, 01 Jan 2050 00:00:00 GMT");

    AggregatedHttpResponse answer = send(protocol, odd);

    assertThat(answer.status().code()).isEqualTo(200);
    assertThat(answer.contentUtf8())
        .isEqualTo("{\"data\":[],\"list_metadata\":{\"before\":null,\"after\":null}}");
    assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
    assertThat(answer.headers().get("cache-control")).isEqualTo("private, no-store");
    assertThat(answer.headers().get("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.headers().names())
        .extracting(Object::toString)
        .noneMatch(header -> header.startsWith("grpc-") || header.equals("server"))
        .noneMatch(header -> header.startsWith("access-control-"));
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-methods")
  void head_isGetWithoutABody_andOptionsTellsTheMethods(Protocol protocol) {
    AggregatedHttpResponse get = send(protocol, headers(HttpMethod.GET, BIG));
    AggregatedHttpResponse head = send(protocol, headers(HttpMethod.HEAD, BIG));
    AggregatedHttpResponse options = send(protocol, headers(HttpMethod.OPTIONS, LIST));
    AggregatedHttpResponse trace = send(protocol, headers(HttpMethod.TRACE, LIST));

    assertThat(head.status().code()).isEqualTo(200);
    assertThat(head.content().isEmpty()).isTrue();
    assertThat(head.headers().contentLength()).isEqualTo(get.content().length());
    assertThat(options.status().code()).isEqualTo(204);
    assertThat(options.headers().get("allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(trace.status().code()).isEqualTo(405);
    assertThat(trace.headers().get("allow")).isEqualTo("GET, HEAD, OPTIONS");
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-compression")
  void answers_areCompressed_onlyIfAskedFor(Protocol protocol) throws IOException {
    AggregatedHttpResponse plain = send(protocol, headers(HttpMethod.GET, BIG));
    AggregatedHttpResponse refused =
        send(
            protocol,
            headers(HttpMethod.GET, BIG).set(HttpHeaderNames.ACCEPT_ENCODING, "gzip;q=0"));
    AggregatedHttpResponse zipped =
        send(protocol, headers(HttpMethod.GET, BIG).set(HttpHeaderNames.ACCEPT_ENCODING, "gzip"));

    assertThat(plain.headers().contains("content-encoding")).isFalse();
    assertThat(refused.headers().contains("content-encoding")).isFalse();
    assertThat(zipped.headers().get("content-encoding")).isEqualTo("gzip");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.content().array()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(plain.contentUtf8());
    }
  }

  @Test
  @Rule({"http-compression", "http-tolerance"})
  void http10_isCompressedToo_andNotChunked() throws IOException {
    assertThat(exchange("GET " + BIG + " HTTP/1.0\r\nAccept-Encoding: gzip\r\n"))
        .contains("content-encoding: gzip", "content-length: ")
        .doesNotContainIgnoringCase("transfer-encoding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://h?x=" + LIST, "http://h#" + LIST, "http://h", "http://h/?x=://a/"})
  @Rule("http-tolerance")
  void absoluteTarget_withoutAPath_isTheRoot(String target) throws IOException {
    assertThat(exchange("GET " + target + " HTTP/1.1\r\n")).startsWith("HTTP/1.1 404");
  }

  @Test
  @Rule("http-tolerance")
  void absoluteTarget_keepsItsQuery() throws IOException {
    assertThat(exchange("GET http://h" + LIST + "?limit=1&run_id=a://b/c HTTP/1.1\r\n"))
        .contains("\"run_id\":\"a://b/c\"");
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"error-body", "http-limits"})
  void errorsOfHttp_haveTheBodyOfAllErrors(Protocol protocol) {
    assertError(send(protocol, headers(HttpMethod.GET, "/nothing")), 404, "route_not_found");
    assertError(send(protocol, headers(HttpMethod.PUT, LIST)), 405, "method_not_allowed");
    assertError(
        send(protocol, headers(HttpMethod.GET, LIST + "?run_id=%ff")), 400, "malformed_request");
    RequestHeadersBuilder post = headers(HttpMethod.POST, LIST);
    assertError(
        rest.send(protocol, post, HttpData.wrap(new byte[40_000])), 413, "request_too_large");
  }

  @Test
  @Rule("http-limits")
  void headersOf32KiB_areTaken_andHttp2ClientsAreToldThatMoreAreNot() {
    AggregatedHttpResponse most =
        send(Protocol.H2C, headers(HttpMethod.GET, LIST).set("x-a", "a".repeat(30_000)));
    RequestHeadersBuilder tooMany = headers(HttpMethod.GET, LIST).set("x-a", "a".repeat(40_000));

    assertThat(most.status().code()).isEqualTo(200);
    assertThatThrownBy(() -> send(Protocol.H2C, tooMany))
        .rootCause()
        .hasMessageContaining("exceeded max allowed size (32768)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a:b", "a;b", "a.b..c", "a@b", "a+b", "a~b", "a%25b", "a%2Fb", "d%C3%A9j"})
  @Rule("path-text")
  void idsInAPath_areReadAsTheyAre(String encoded) throws IOException {
    String id = encoded.replace("%25", "%").replace("%2F", "/").replace("%C3%A9", "é");

    assertThat(exchange("GET " + LIST + "/" + encoded + " HTTP/1.1\r\n"))
        .contains("\"step_id\":\"" + id + "\"");
  }

  @Test
  @Rule("query-text")
  void idsInAQuery_areReadAsTheyAre() throws IOException {
    assertThat(run("a:b;c.d@e~f%2Bg%25h+i")).isEqualTo("a:b;c.d@e~f+g%h i");
    assertThat(run("../..")).isEqualTo("../..");
  }

  /** Raw bytes and what Armeria makes of them are two different requests, in either order. */
  @Test
  @Rule("query-text")
  void rawUtf8_isReadAsUtf8_andWhatIsNone_isRefused() throws IOException {
    String raw = new String("é".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

    assertThat(run(raw)).isEqualTo("é");
    assertThat(run("%C3%83%C2%A9")).isEqualTo("Ã©");
    assertThat(run(raw)).isEqualTo("é");
    assertThat(exchange("GET " + LIST + "/" + raw + " HTTP/1.1\r\n")).contains("\"step_id\":\"é\"");
    assertThat(exchange("GET " + LIST + "?run_id=\u00e9 HTTP/1.1\r\n")).startsWith("HTTP/1.1 400");
    assertThat(exchange("GET " + LIST + "/\u00e9 HTTP/1.1\r\n")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /" + LIST + " HTTP/1.1\r\n",
        "GET " + LIST + "?limit=1&&run_id=a& HTTP/1.1\r\n",
        "GET http://example.com" + LIST + " HTTP/1.1\r\n",
        "GET " + LIST + " HTTP/1.1\r\nContent-Length: 0\r\n",
        "GET " + LIST + " HTTP/1.0\r\n",
        "GET " + LIST + "? HTTP/1.1\r\n"
      })
  @Rule("http-tolerance")
  void oddRequests_areAnswered(String request) throws IOException {
    assertThat(exchange(request)).startsWith("HTTP/1.").contains(" 200 OK");
  }

  @Test
  @Rule("http-methods")
  void methodThatNobodyKnows_is405WithAllow() throws IOException {
    assertThat(exchange("BREW " + LIST + " HTTP/1.1\r\n"))
        .startsWith("HTTP/1.1 405")
        .contains("allow: GET, HEAD, OPTIONS", "\"method_not_allowed\"", "x-request-id: req_");
  }

  @Test
  @Rule("http-protocols")
  void connections_areKept_andRequestsOnOneAnsweredInOrder() throws IOException {
    String answers =
        exchange(
            ("GET " + LIST + "?limit=1&run_id=a HTTP/1.1\r\nHost: x\r\n\r\n")
                + ("HEAD " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n")
                + ("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
                + ("GET " + LIST + "?limit=1&run_id=b HTTP/1.1\r\n"));

    assertThat(answers)
        .containsSubsequence(
            "HTTP/1.1 200", "\"run_id\":\"a\"", "HTTP/1.1 200", "HTTP/1.1 404", "\"run_id\":\"b\"");
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-request-id")
  void requestId_isKeptIfUsable_elseNewForEach(Protocol protocol) {
    String own =
        send(protocol, headers(HttpMethod.GET, LIST).set("x-request-id", "My-id.1_2"))
            .headers()
            .get("x-request-id");
    String one =
        send(protocol, headers(HttpMethod.GET, LIST).set("x-request-id", "a b"))
            .headers()
            .get("x-request-id");
    String two = send(protocol, headers(HttpMethod.GET, "/nothing")).headers().get("x-request-id");

    assertThat(own).isEqualTo("My-id.1_2");
    assertThat(one).startsWith("req_").isNotEqualTo(two);
    assertThat(two).startsWith("req_");
  }

  @ParameterizedTest
  @EnumSource
  void everyResponse_hasOneDate_ofTwoDigits(Protocol protocol) {
    for (RequestHeadersBuilder request :
        List.of(
            headers(HttpMethod.GET, LIST),
            headers(HttpMethod.HEAD, LIST),
            headers(HttpMethod.OPTIONS, LIST),
            headers(HttpMethod.POST, LIST),
            headers(HttpMethod.GET, "/nothing"),
            headers(HttpMethod.GET, LIST + "?run_id=%ff"))) {
      AggregatedHttpResponse answer = send(protocol, request);

      assertThat(answer.headers().getAll("date"))
          .as("%s %s", request.method(), answer.status())
          .singleElement()
          .asString()
          .matches(DATE);
    }
  }

  @Test
  void responseToWhatIsNoRequest_hasOneDateToo() throws IOException {
    String answer =
        exchange("GET " + LIST + " HTTP/1.1\r\nHost: x\r\nx-a: " + "a".repeat(40_000) + "\r\n");

    assertThat(answer).startsWith("HTTP/1.1 431");
    assertThat(answer.lines().filter(line -> line.startsWith("date:")))
        .singleElement()
        .asString()
        .matches("date: " + DATE);
  }

  private static void assertError(AggregatedHttpResponse answer, int status, String code) {
    assertThat(answer.status().code()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
    assertThat(answer.headers().get("x-request-id")).startsWith("req_");
    assertThat(answer.contentUtf8())
        .startsWith("{\"detail\":{\"code\":\"" + code + "\",\"message\":\"");
  }

  private static RequestHeadersBuilder headers(HttpMethod method, String path) {
    return RequestHeaders.builder(method, path);
  }

  private static AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder headers) {
    return rest.send(protocol, headers);
  }

  /** The run that a query's value is read as. */
  private static String run(String value) throws IOException {
    String answer = exchange("GET " + LIST + "?limit=1&run_id=" + value + " HTTP/1.1\r\n");
    int from = answer.indexOf("\"run_id\":\"") + "\"run_id\":\"".length();
    return answer.substring(from, answer.indexOf("\",\"block_id\"", from));
  }

  private static String exchange(String request) throws IOException {
    return rest.exchange(request);
  }
}
