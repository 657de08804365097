package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.rest.EchoingRest.Transport;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9112 calls no request: each gets one answer, in the form of all errors. */
@ParameterizedClass
@EnumSource(Transport.class)
class NoRequestTest {

  @Parameter private Transport transport;

  private static final String PAGE = "https://app.example.com";
  private static final String STEPS = " /v1/workflows/steps ";
  private static final String OWN = "Origin: " + PAGE + "\r\nX-Request-Id: mine\r\n";
  private static final String GET = "GET" + STEPS + "HTTP/1.1\r\n" + OWN;
  private static final String UPGRADE =
      "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n";

  private static EchoingRest rest;

  @BeforeParameterizedClassInvocation
  static void start(Transport transport) {
    rest = new EchoingRest(List.of(PAGE), transport);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    rest.close();
  }

  @Test
  @Rule("error-body")
  void hostsOtherThanOne_are400() throws IOException {
    assertRefused(raw(GET + "\r\n"));
    assertRefused(raw(GET + "Host: x\r\nHost: y\r\n\r\n"));
    assertRefused(raw(GET + "Host: x\r\nHost: x\r\n\r\n"));
    assertRefused(raw(GET + "Host: a b/\r\n\r\n"));
    assertThat(raw("GET" + STEPS + "HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/3.0", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/1.10", "http/1.1", "X/1.1"})
  void otherVersions_are400(String version) throws IOException {
    assertRefused(rest.exchange("GET" + STEPS + version + "\r\n" + OWN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-A: b\r\n c",
        "X-A: b\r\n\tc",
        "X-A : b",
        "X-A",
        ": b",
        "X(A: b",
        "X-A: b\0c",
        "X-A: b\rc",
        "Content-Length: x",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length:",
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: x",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Expect: wonders"
      })
  void headersThatAreNone_are400(String header) throws IOException {
    assertRefused(rest.exchange(GET + header + "\r\n"));
  }

  @Test
  void whiteSpaceBeforeTheFirstHeader_is400() throws IOException {
    String answer = rest.exchange("GET" + STEPS + "HTTP/1.1\r\n X-A: b\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"malformed_request\"");
  }

  @Test
  void foldedHeader_inPieces_andBehindAnotherRequest() throws IOException {
    String answers =
        raw(
            "POST"
                + STEPS
                + "HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\n \n\n"
                + GET
                + "Host: x\r\n\r\n"
                + GET
                + "Host: x\r\nX-A: b\r\n c\r\n\r\n"
                + GET
                + "Host: x\r\n\r\n");

    assertThat(answers.split("HTTP/1.1 [0-9]", -1)).hasSize(4);
    assertThat(answers).containsSubsequence("HTTP/1.1 405", "HTTP/1.1 200", "HTTP/1.1 400");
  }

  @Test
  @Rule("http-methods")
  void unknownMethodThatExpects_is405() throws IOException {
    String answer =
        rest.exchange("BREW" + STEPS + "HTTP/1.1\r\n" + OWN + "Expect: 100-continue\r\n");

    assertThat(answer).startsWith("HTTP/1.1 405").contains("x-request-id: mine");
  }

  @Test
  @Rule("http-methods")
  void put_isAMethodLikeAnyOther() throws IOException {
    String put = "PUT /nothing HTTP/1.1\r\nHost: x\r\n";

    String answers = raw(put + "\r\n" + put + "Connection: close\r\n\r\n");

    assertThat(answers.split("HTTP/1.1 404", -1)).as(answers).hasSize(3);
  }

  @Test
  void keysOfAnOldWebSocket_areRefused_forNettyTakesTheNextEightBytes() throws IOException {
    String keys = "Sec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n";

    assertRefused(raw(GET + "Host: x\r\n" + keys + "\r\n" + GET + "Host: x\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAMAAABkAAQAAP__", "!!!"})
  @Rule("http-protocols")
  void upgrade_isIgnored(String settings) throws IOException {
    String line = "HTTP2-Settings: " + settings + "\r\n";

    String answer = raw(GET + "Host: x\r\n" + UPGRADE + line + "\r\n");

    assertThat(answer.split("(?m)^HTTP/1.1 ", -1)).as(answer).hasSize(2);
    assertThat(answer).startsWith("HTTP/1.1 200");
  }

  @Test
  void optionsOfTheServer_andPri_haveTheMannersOfAll() throws IOException {
    assertThat(rest.exchange("OPTIONS * HTTP/1.1\r\n" + OWN))
        .startsWith("HTTP/1.1 204")
        .contains("allow: GET, HEAD, OPTIONS", "x-request-id: mine");
    assertThat(rest.exchange("PRI * HTTP/1.1\r\n" + OWN))
        .startsWith("HTTP/1.1 405")
        .contains("x-request-id: mine");
    assertRefused(rest.exchange("PRI * HTTP/2.0\r\n" + OWN));
  }

  /** Netty makes a message of its own of these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HELO localhost\r\n\r\n",
        "nothing\r\n\r\n",
        " \r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nnothing\r\n\r\n",
        "\u0016\u0003\u0001\r\n\r\n"
      })
  void linesThatAreNoRequestLine_are400(String text) throws IOException {
    String answer = raw(text);

    assertThat(answer.split("(?m)^HTTP/1.1 ", -1)).as(answer).hasSize(2);
    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"malformed_request\"");
  }

  private static void assertRefused(String answer) {
    assertThat(answer.split("(?m)^HTTP/1.1 ", -1)).as(answer).hasSize(2);
    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("\"malformed_request\"", "x-request-id: mine")
        .contains("access-control-allow-origin: " + PAGE);
  }

  private static String raw(String request) throws IOException {
    return RawHttp.exchange(rest.port(), request);
  }
}
