package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.TlsTunnel;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.server.TlsClient;
import io.grpc.Metadata;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST port with a certificate. What runs over it is tested with and without TLS elsewhere. */
class RestTlsTest {

  private static final String GET =
      "GET /v1/workflows/steps HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final int HANGS_MILLIS = 9_000;

  private RestServer rest;

  private void start(Duration handshake, Optional<RestTls> tls) {
    rest =
        TestRest.server(
            new RestOptions("127.0.0.1", 0, LONG, Duration.ZERO, List.of(), tls),
            new TimeLimits(LONG, Duration.ZERO, handshake),
            ConnectionGuard.NONE,
            (method, message, headers, options) ->
                Futures.immediateFuture(new UnaryResponse(new byte[0], new Metadata(), () -> {})));
    rest.start();
  }

  @AfterEach
  void stop() {
    rest.close();
  }

  @Test
  void handshake_takesTls12And13_andHttp2ByAlpn() throws IOException {
    start(LONG, Optional.of(EchoingRest.tls(Duration.ZERO)));

    assertThat(handshake("TLSv1.3", "h2", "http/1.1")).isEqualTo("TLSv1.3 h2");
    assertThat(handshake("TLSv1.2", "http/1.1")).isEqualTo("TLSv1.2 http/1.1");
    assertThat(handshake("TLSv1.2")).isEqualTo("TLSv1.2 ");
    assertThatThrownBy(() -> handshake("TLSv1.1", "h2")).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\26", "\26\3\1\2\0\1\0\1\374"})
  void handshakeThatNeverEnds_isEnded(String begin) throws IOException {
    start(SHORT, Optional.of(EchoingRest.tls(Duration.ZERO)));

    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.setSoTimeout(HANGS_MILLIS);
      socket.getOutputStream().write(RawHttp.bytes(begin));

      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
    }
  }

  @Test
  void plaintext_onATlsPort_hasNoAnswer_andTls_onAPlaintextPort_is400() throws IOException {
    start(LONG, Optional.of(EchoingRest.tls(Duration.ZERO)));
    assertThat(RawHttp.exchange(rest.port(), GET)).doesNotContain("HTTP");
    rest.close();
    start(LONG, Optional.empty());

    assertThat(RawHttp.exchange(rest.port(), "\26\3\1\2\0\1\0\1\374\3\3\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void hsts_isInEveryResponse_ifItIsSet() throws IOException {
    List<String> requests =
        List.of(
            GET,
            GET.replace("steps", "steps?limit=0"),
            GET.replace("steps", "nothing"),
            GET.replace("GET", "OPTIONS"),
            GET.replace("GET", "BREW"),
            GET.replace("Host: x\r\n", ""),
            GET.replace("steps", "s".repeat(40_000)));
    start(LONG, Optional.of(EchoingRest.tls(Duration.ofDays(365))));
    for (String request : requests) {
      assertThat(exchange(request)).contains("strict-transport-security: max-age=31536000\r\n");
    }
    rest.close();
    start(LONG, Optional.of(EchoingRest.tls(Duration.ZERO)));

    for (String request : requests) {
      assertThat(exchange(request)).startsWith("HTTP/1.1 ").doesNotContainIgnoringCase("strict-");
    }
  }

  private String exchange(String request) throws IOException {
    try (TlsTunnel tunnel = EchoingRest.tunnel(rest.port(), Protocol.H1C)) {
      return RawHttp.exchange(tunnel.port(), request);
    }
  }

  private String handshake(String version, String... protocols) throws IOException {
    return TlsClient.agreement(EchoingRest.trusting(), rest.port(), version, protocols);
  }

  private SSLSocket connect() throws IOException {
    return TlsClient.connect(EchoingRest.trusting(), rest.port());
  }
}
