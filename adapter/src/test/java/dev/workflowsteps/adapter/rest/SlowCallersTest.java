package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.RawHttp2;
import dev.workflowsteps.adapter.TlsTunnel;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.rest.EchoingRest.Transport;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import io.grpc.Metadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever sends or reads too slowly holds nothing for long. */
@ParameterizedClass
@EnumSource(Transport.class)
class SlowCallersTest {

  private static final String LIST = "/v1/workflows/steps";
  private static final String GET = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\n";

  /** More than the buffers of both sockets take. */
  private static final int ANSWER_BYTES = 16 << 20;

  private static final int SMALL_BUFFER = 4 << 10;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(500);

  /** Far beyond the short limits, and less than what Armeria grants idle connections by itself. */
  private static final int HANGS_MILLIS = 12_000;

  @Parameter private Transport transport;
  private final CountDownLatch written = new CountDownLatch(1);
  private final List<TlsTunnel> tunnels = new ArrayList<>();
  private RestServer rest;

  private void start(Duration requestTimeout, Duration write) {
    byte[] answer =
        ListWorkflowStepsResponse.newBuilder()
            .addData(WorkflowStep.newBuilder().setStepId("a".repeat(ANSWER_BYTES)))
            .build()
            .toByteArray();
    rest =
        TestRest.server(
            new RestOptions(
                "127.0.0.1",
                0,
                requestTimeout,
                Duration.ZERO,
                List.of(),
                transport == Transport.TLS
                    ? Optional.of(EchoingRest.tls(Duration.ZERO))
                    : Optional.empty()),
            new TimeLimits(write, Duration.ZERO, SHORT),
            ConnectionGuard.NONE,
            (method, message, headers, options) ->
                Futures.immediateFuture(
                    new UnaryResponse(answer, new Metadata(), written::countDown)));
    rest.start();
  }

  @AfterEach
  void stop() {
    tunnels.forEach(TlsTunnel::close);
    rest.close();
  }

  @ParameterizedTest
  @EnumSource
  void responseThatNobodyReads_endsItsConnection(Protocol protocol) throws Exception {
    start(SHORT, SHORT);
    try (Socket socket = connect(protocol)) {
      socket.getOutputStream().write(request(protocol));

      assertThat(written.await(HANGS_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(readToEnd(socket)).hasSizeLessThan(ANSWER_BYTES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void responseThatIsReadByteByByte_endsItsConnection(Protocol protocol) throws Exception {
    start(SHORT, SHORT);
    try (Socket socket = connect(protocol)) {
      socket.getOutputStream().write(request(protocol));
      while (written.getCount() > 0) {
        if (read(socket.getInputStream()) < 0) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }

      assertThat(written.await(HANGS_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
  }

  @Test
  void responseThatIsReadInTime_isWhole() throws Exception {
    start(SHORT, LONG);
    try (Socket socket = connect(Protocol.H1C)) {
      socket.getOutputStream().write(RawHttp.bytes(GET + "Connection: close\r\n\r\n"));
      assertThat(written.await(2, TimeUnit.SECONDS)).isFalse();

      assertThat(readToEnd(socket)).hasSizeGreaterThan(ANSWER_BYTES);
      assertThat(written.await(HANGS_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
  }

  /** What is sent at once, and the byte that then comes over and over, if any. */
  private record Slow(String name, byte[] first, byte[] then) {

    Protocol protocol() {
      return name.startsWith("HTTP/2") ? Protocol.H2C : Protocol.H1C;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Slow> slow() {
    byte[] none = {};
    byte[] a = {'a'};
    byte[] preface = RawHttp2.begin(SMALL_BUFFER);
    byte[] head = RawHttp2.get(1, RawHttp2.END_STREAM, LIST);
    byte[] open = RawHttp2.get(1, 0, LIST);
    byte[] longHead = RawHttp2.frame(RawHttp2.HEADERS, 0, 1, new byte[10_000]);
    byte[] unended = RawHttp2.frame(RawHttp2.HEADERS, 0, 1, none);
    byte[] more = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, none);
    String body = "Content-Length: 10000\r\n\r\n";
    return Stream.of(
        new Slow("nothing", none, none),
        new Slow("half a line", RawHttp.bytes("GET " + LIST), none),
        new Slow("half a line, then byte by byte", RawHttp.bytes("GET " + LIST), a),
        new Slow("half a head", RawHttp.bytes(GET), none),
        new Slow("half a head, then byte by byte", RawHttp.bytes(GET + "X-A: "), a),
        new Slow("half a head, behind a request", RawHttp.bytes(GET + body + GET), a),
        new Slow("half a body", RawHttp.bytes(GET + body), none),
        new Slow("half a body, then byte by byte", RawHttp.bytes(GET + body), a),
        new Slow(
            "half a chunk, then byte by byte",
            RawHttp.bytes(GET + "Transfer-Encoding: chunked\r\n\r\n1000\r\n"),
            a),
        new Slow("HTTP/2, half a preface", part(preface, 10), none),
        new Slow("HTTP/2, only a preface", preface, none),
        new Slow("HTTP/2, half a head", joined(preface, part(head, 15)), none),
        new Slow("HTTP/2, half a head, then byte by byte", joined(preface, part(longHead, 9)), a),
        new Slow("HTTP/2, a head that goes on and on", joined(preface, unended), more),
        new Slow("HTTP/2, half a body", joined(preface, open), none),
        new Slow(
            "HTTP/2, half a body, then byte by byte",
            joined(preface, open),
            RawHttp2.frame(RawHttp2.DATA, 0, 1, a)));
  }

  /** All at once, because each waits for the time limit. */
  @Test
  void requestThatIsSentTooSlowly_endsItsConnection() throws Exception {
    start(SHORT, LONG);
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      Map<Slow, Future<byte[]>> answers = new LinkedHashMap<>();
      slow().forEach(slow -> answers.put(slow, callers.submit(() -> answer(slow))));

      for (Map.Entry<Slow, Future<byte[]>> answer : answers.entrySet()) {
        assertThat(answer.getValue())
            .as("%s", answer.getKey())
            .succeedsWithin(Duration.ofMillis(2 * HANGS_MILLIS))
            .satisfies(bytes -> assertThat(bytes).hasSizeLessThan(ANSWER_BYTES));
      }
    } finally {
      callers.shutdownNow();
    }
  }

  /** What comes until the connection ends. */
  private byte[] answer(Slow slow) throws Exception {
    try (Socket socket = connect(slow.protocol())) {
      socket.getOutputStream().write(slow.first());
      Thread sender = new Thread(() -> repeat(socket, slow.then()));
      sender.start();
      byte[] answer = readToEnd(socket);
      socket.close();
      sender.join();
      return answer;
    }
  }

  private static void repeat(Socket socket, byte[] bytes) {
    try {
      while (bytes.length > 0) {
        socket.getOutputStream().write(bytes);
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (IOException | InterruptedException ended) {
      // The server has had enough.
    }
  }

  private Socket connect(Protocol protocol) throws IOException {
    int port = rest.port();
    if (transport == Transport.TLS) {
      TlsTunnel tunnel = EchoingRest.tunnel(port, protocol);
      tunnels.add(tunnel);
      port = tunnel.port();
    }
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(HANGS_MILLIS);
    return socket;
  }

  private static byte[] request(Protocol protocol) {
    return switch (protocol) {
      case H1C -> RawHttp.bytes(GET + "\r\n");
      case H2C -> joined(RawHttp2.begin(0), RawHttp2.get(1, RawHttp2.END_STREAM, LIST));
    };
  }

  /** Up to the end or a reset; a connection that stays open is an error. */
  private static byte[] readToEnd(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketTimeoutException open) {
      throw open;
    } catch (IOException reset) {
      // As good as an end.
    }
    return all.toByteArray();
  }

  private static int read(InputStream in) throws IOException {
    try {
      return in.read();
    } catch (SocketTimeoutException open) {
      throw open;
    } catch (IOException reset) {
      return -1;
    }
  }

  private static byte[] part(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
