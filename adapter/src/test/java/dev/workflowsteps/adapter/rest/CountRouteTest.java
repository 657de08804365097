package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The route that ends with a colon and a verb, beside steps whose ids do so too. */
class CountRouteTest {

  private static final String COUNT = "/v1/workflows/steps:count";

  @AutoClose private static final EchoingRest rest = new EchoingRest(List.of());

  @ParameterizedTest
  @EnumSource
  @Rule("counts")
  void count_isWrittenWithNumbersAndEveryKey(Protocol protocol) {
    AggregatedHttpResponse answer = send(protocol, HttpMethod.GET, COUNT + "?status=running,error");

    assertThat(answer.status().code()).isEqualTo(200);
    assertThat(answer.contentUtf8())
        .isEqualTo(
            "{\"data\":[{\"status\":\"running\",\"count\":0,\"exact\":false},"
                + "{\"status\":\"error\",\"count\":10000,\"exact\":true}],"
                + "\"total\":{\"count\":10000,\"exact\":false}}");
    assertThat(send(protocol, HttpMethod.GET, COUNT).contentUtf8())
        .isEqualTo("{\"data\":[],\"total\":{\"count\":0,\"exact\":false}}");
  }

  @ParameterizedTest
  @EnumSource
  @Rule("http-methods")
  void methods_areThoseOfEveryRoute(Protocol protocol) {
    AggregatedHttpResponse get = send(protocol, HttpMethod.GET, COUNT);
    AggregatedHttpResponse head = send(protocol, HttpMethod.HEAD, COUNT);
    AggregatedHttpResponse options = send(protocol, HttpMethod.OPTIONS, COUNT);

    assertThat(head.status().code()).isEqualTo(200);
    assertThat(head.content().isEmpty()).isTrue();
    assertThat(head.headers().contentLength()).isEqualTo(get.content().length());
    assertThat(options.status().code()).isEqualTo(204);
    assertThat(options.headers().get("allow")).isEqualTo("GET, HEAD, OPTIONS");
    for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE)) {
      AggregatedHttpResponse answer = send(protocol, method, COUNT);
      assertThat(answer.status().code()).isEqualTo(405);
      assertThat(answer.headers().get("allow")).isEqualTo("GET, HEAD, OPTIONS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/workflows/steps%3Acount",
        "/v1/workflows/steps%3acount?",
        "//v1/workflows/steps:count",
        "http://elsewhere/v1/workflows/steps:count?a=1"
      })
  void count_isFoundHoweverItsColonIsWritten(String target) throws IOException {
    assertThat(rest.exchange("GET " + target + " HTTP/1.1\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("{\"data\":[],\"total\":");
  }

  @ParameterizedTest
  @CsvSource({
    "a:count, a:count",
    ":count, :count",
    "count, count",
    "steps:count, steps:count",
    "a%3Acount, a:count",
    "%2Fsteps%3Acount, /steps:count"
  })
  void stepWithSuchAnId_isAStep(String encoded, String id) {
    AggregatedHttpResponse answer =
        send(Protocol.H2C, HttpMethod.GET, "/v1/workflows/steps/" + encoded);

    assertThat(answer.status().code()).isEqualTo(200);
    assertThat(answer.contentUtf8()).contains("\"step_id\":\"" + id + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "steps:Count",
        "Steps:count",
        "steps:",
        "steps:counts",
        "steps:count:count",
        "steps:count/",
        "steps:count/a",
        "steps%253Acount",
        "steps;count",
        "artifacts:count"
      })
  void otherPaths_areNoRoutes(String path) {
    AggregatedHttpResponse answer = send(Protocol.H1C, HttpMethod.GET, "/v1/workflows/" + path);

    assertThat(answer.status().code()).isEqualTo(404);
    assertThat(answer.contentUtf8()).contains("\"route_not_found\"");
  }

  @Test
  void brokenQuery_isMalformed() {
    assertThat(send(Protocol.H1C, HttpMethod.GET, COUNT + "?run_id=%ff").status().code())
        .isEqualTo(400);
  }

  private static AggregatedHttpResponse send(Protocol protocol, HttpMethod method, String path) {
    return rest.send(protocol, RequestHeaders.builder(method, path));
  }
}
