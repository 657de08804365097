package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.server.Rule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose body breaks has one answer, however its bytes arrive. */
class BrokenBodyTest {

  private static final String PAGE = "https://app.example.com";
  private static final String HEAD =
      " /v1/workflows/steps HTTP/1.1\r\nHost: x\r\nOrigin: "
          + PAGE
          + "\r\nX-Request-Id: mine\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String NEXT = "GET /v1/workflows/steps HTTP/1.1\r\nHost: x\r\n\r\n";

  @AutoClose private static final EchoingRest rest = new EchoingRest(List.of(PAGE));

  /** How the head and the body are sent. */
  private enum Arrival {
    AT_ONCE,
    IN_TWO_PARTS,
    BYTE_BY_BYTE
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1\r\n",
        "xyz\r\n",
        "0x5\r\n",
        "\r\n",
        "ffffffffff\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabcde\r\n0\r\n\r\n",
        "3\r\nabc0\r\n\r\n",
        "0\r\nX-A\r\n\r\n",
        "0\r\nX-A : b\r\n\r\n",
        "0\r\nX-A: b\0c\r\n\r\n",
      })
  @Rule("error-body")
  void brokenChunksAndTrailers_are400(String body) throws Exception {
    assertMalformed(body);
  }

  @Test
  @Rule("error-body")
  void longTrailersAndExtensions_are400() throws Exception {
    assertMalformed("0\r\nX-A: " + "a".repeat(40_000) + "\r\n\r\n");
    assertMalformed("3;a=" + "b".repeat(40_000) + "\r\nabc\r\n0\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "3\r\n", "3\r\nab", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\nX-A: b"})
  @Rule("error-body")
  void truncatedBody_is400(String body) throws Exception {
    for (Arrival arrival : Arrival.values()) {
      assertRefused(exchange("GET" + HEAD, body, arrival, true), 400, "malformed_request");
    }
  }

  @Test
  @Rule("error-body")
  void bodyShorterThanItsLength_is400() throws Exception {
    String head = HEAD.replace("Transfer-Encoding: chunked", "Content-Length: 4");
    for (Arrival arrival : Arrival.values()) {
      assertRefused(exchange("POST" + head, "abc", arrival, true), 400, "malformed_request");
    }
  }

  @Test
  @Rule("http-limits")
  void chunksOfMoreThan16KiB_are413() throws Exception {
    String chunk = "1000\r\n" + "a".repeat(0x1000) + "\r\n";
    for (String method : List.of("GET", "POST")) {
      for (Arrival arrival : Arrival.values()) {
        String answer = exchange(method + HEAD, chunk.repeat(5) + "0\r\n\r\n", arrival, false);
        assertRefused(answer, 413, "request_too_large");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\r\n\r\n",
        "3\r\nabc\r\n0\r\n\r\n",
        "3;a=b;c=\"d e\"\r\nabc\r\n0;e\r\n\r\n",
        "A\r\n0123456789\r\n000\r\nX-A: b\r\nX-C: d\r\n\r\n"
      })
  void wholeBody_isIgnored_andTheNextRequestAnswered(String body) throws Exception {
    for (Arrival arrival : Arrival.values()) {
      String last = NEXT.replace("Host: x", "Host: x\r\nConnection: close");
      String answers = exchange("GET" + HEAD, body + "POST" + HEAD + body + last, arrival, false);

      assertThat(answers.split("HTTP/1.1 ", -1)).as(arrival + ": " + answers).hasSize(4);
      assertThat(answers).containsSubsequence("HTTP/1.1 200", "HTTP/1.1 405", "HTTP/1.1 200");
    }
  }

  private static void assertMalformed(String body) throws Exception {
    for (String method : List.of("GET", "POST", "OPTIONS")) {
      for (Arrival arrival : Arrival.values()) {
        String answer = exchange(method + HEAD, body + NEXT, arrival, false);
        assertRefused(answer, 400, "malformed_request");
      }
    }
  }

  private static void assertRefused(String answer, int status, String code) {
    assertThat(answer.split("HTTP/1.1 ", -1)).as(answer).hasSize(2);
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .contains("\"" + code + "\"", "x-request-id: mine")
        .contains("access-control-allow-origin: " + PAGE);
  }

  /**
   * What comes back until the server closes the connection.
   *
   * @param half whether the client ends what it sends
   */
  private static String exchange(String head, String body, Arrival arrival, boolean half)
      throws Exception {
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.setSoTimeout(20_000);
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      switch (arrival) {
        case AT_ONCE -> out.write(RawHttp.bytes(head + body));
        case IN_TWO_PARTS -> {
          out.write(RawHttp.bytes(head));
          TimeUnit.MILLISECONDS.sleep(50);
          out.write(RawHttp.bytes(body));
        }
        case BYTE_BY_BYTE -> writeBytes(out, RawHttp.bytes(head + body));
      }
      if (half) {
        socket.shutdownOutput();
      }
      return answers(socket.getInputStream());
    }
  }

  private static String answers(InputStream in) {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    try {
      in.transferTo(answers);
    } catch (IOException reset) {
      // The server had closed the connection before all was sent; what it wrote came before that.
    }
    return answers.toString(StandardCharsets.UTF_8);
  }

  /** Until the server has closed the connection. */
  private static void writeBytes(OutputStream out, byte[] bytes) {
    try {
      for (byte b : bytes) {
        out.write(b);
      }
    } catch (IOException closed) {
      // It has answered.
    }
  }
}
