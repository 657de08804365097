package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What browsers are told of the pages that may read answers. */
class CorsTest {

  private static final String LIST = "/v1/workflows/steps";
  private static final String PAGE = "https://app.example.com";
  private static final String BIG = LIST + "?limit=100";

  @AutoClose private static final EchoingRest open = new EchoingRest(List.of(PAGE));
  @AutoClose private static final EchoingRest closed = new EchoingRest(List.of());

  @ParameterizedTest
  @EnumSource
  @Rule("http-cors")
  void cors_isOffUnlessConfigured(Protocol protocol) {
    RequestHeadersBuilder preflight = preflight(PAGE);

    AggregatedHttpResponse answer =
        closed.send(protocol, preflight(PAGE).method(HttpMethod.OPTIONS));
    AggregatedHttpResponse foreign = open.send(protocol, preflight("https://evil.example"));

    assertThat(answer.status().code()).isEqualTo(204);
    assertThat(answer.headers().names())
        .extracting(Object::toString)
        .noneMatch(name -> name.startsWith("access-control-") || name.equals("vary"));
    assertThat(foreign.headers().names())
        .extracting(Object::toString)
        .noneMatch(name -> name.startsWith("access-control-"));
    assertThat(foreign.headers().get("vary")).isEqualTo("origin");
    assertThat(open.send(protocol, preflight).headers().get("access-control-allow-origin"))
        .isEqualTo(PAGE);
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-cors")
  void cors_configured_answersPreflights_andLetsErrorsBeRead(Protocol protocol) {
    AggregatedHttpResponse preflight = open.send(protocol, preflight(PAGE));
    AggregatedHttpResponse error =
        open.send(
            protocol,
            RequestHeaders.builder(HttpMethod.GET, LIST + "?run_id=%ff")
                .set(HttpHeaderNames.ORIGIN, PAGE));

    assertThat(preflight.status().code()).isEqualTo(204);
    assertThat(preflight.headers().get("access-control-allow-headers"))
        .isEqualTo("api-key, authorization, if-none-match, traceparent");
    assertThat(preflight.headers().get("access-control-allow-methods"))
        .isEqualTo("GET, HEAD, OPTIONS");
    assertThat(error.status().code()).isEqualTo(400);
    assertThat(error.headers().get("access-control-allow-origin")).isEqualTo(PAGE);
    assertThat(error.headers().get("access-control-expose-headers"))
        .contains("x-request-id", "retry-after", "ratelimit");
  }

  @Test
  @Rule("http-cors")
  void cors_letsErrorsOfHttpItselfBeRead() throws IOException {
    assertThat(open.exchange("BREW " + LIST + " HTTP/1.1\r\nOrigin: " + PAGE + "\r\n"))
        .startsWith("HTTP/1.1 405")
        .contains("access-control-allow-origin: " + PAGE, "vary: origin");
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"http-compression", "http-cors", "http-methods"})
  void compressedAnswers_haveTheirLength_alsoForHead_andVaryByAllThatCounts(Protocol protocol) {
    RequestHeadersBuilder asked =
        RequestHeaders.builder(HttpMethod.GET, BIG)
            .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip")
            .set(HttpHeaderNames.ORIGIN, PAGE);

    AggregatedHttpResponse get = open.send(protocol, asked);
    AggregatedHttpResponse head = open.send(protocol, asked.method(HttpMethod.HEAD));
    AggregatedHttpResponse plain =
        open.send(protocol, RequestHeaders.builder(HttpMethod.GET, LIST));
    AggregatedHttpResponse error =
        closed.send(
            protocol,
            RequestHeaders.builder(HttpMethod.GET, "/nothing").set("accept-encoding", "gzip"));

    assertThat(get.headers().contentLength()).isEqualTo(get.content().length());
    assertThat(head.headers().contentLength()).isEqualTo(get.content().length());
    assertThat(head.headers().get("content-encoding")).isEqualTo("gzip");
    assertThat(get.headers().getAll("vary")).containsExactly("accept-encoding", "origin");
    assertThat(head.headers().getAll("vary")).containsExactly("accept-encoding", "origin");
    assertThat(plain.headers().getAll("vary")).containsExactly("accept-encoding", "origin");
    assertThat(error.headers().contains("vary")).isFalse();
  }

  private static RequestHeadersBuilder preflight(String origin) {
    return RequestHeaders.builder(HttpMethod.OPTIONS, LIST)
        .set(HttpHeaderNames.ORIGIN, origin)
        .set(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .set(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS, "api-key");
  }
}
