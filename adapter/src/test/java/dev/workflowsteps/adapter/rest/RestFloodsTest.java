package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.network.FrameFlood;
import dev.workflowsteps.server.network.FrameFlood.Outcome;
import dev.workflowsteps.server.network.PortConnections;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Metadata;
import io.netty.channel.ChannelHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Floods of frames over REST's port, and what else its connections may not do. */
@Timeout(60)
class RestFloodsTest {

  /** The server ends a connection long before; how soon is a matter of its speed. */
  private static final int UNITS = 100_000;

  private static final String GET =
      "GET /v1/workflows/steps HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

  private final AtomicInteger calls = new AtomicInteger();
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final PortConnections connections =
      new PortConnections("rest", ConnectionLimits.of(Settings.load(Map.of(), Map.of())), meters);
  private final RestServer rest =
      new RestServer(
          new RestOptions("127.0.0.1", 0, Duration.ofSeconds(30), Duration.ZERO, List.of()),
          new Guard(connections),
          (method, message, headers, options) -> {
            calls.incrementAndGet();
            return Futures.immediateFuture(
                new UnaryResponse(new byte[0], new Metadata(), () -> {}));
          },
          StepsServiceProto.getDescriptor().getServices(),
          List.of(),
          (route, method, status, nanos) -> {},
          AccessLog.OFF);

  private record Guard(PortConnections connections) implements ConnectionGuard {

    @Override
    public ChannelHandler acceptor() {
      return connections;
    }

    @Override
    public void authenticated(SocketAddress peer) {
      connections.authenticated(peer);
    }
  }

  @BeforeEach
  void start() {
    rest.start();
  }

  @AfterEach
  void stop() {
    rest.close();
    meters.close();
  }

  @ParameterizedTest
  @EnumSource
  void flood_endsItsConnection_andNoOther(FrameFlood flood) throws Exception {
    Outcome outcome =
        flood.run(
            InetAddress.getLoopbackAddress(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), rest.port()),
            flood == FrameFlood.STREAMS_BEFORE_ACKNOWLEDGEMENT ? 500 : UNITS,
            FrameFlood.request("key"));

    if (flood == FrameFlood.STREAMS_BEFORE_ACKNOWLEDGEMENT) {
      assertThat(outcome.resets()).isEqualTo(500 - 128);
    } else {
      assertThat(outcome.closed()).isTrue();
    }
    assertThat(RawHttp.exchange(rest.port(), GET)).startsWith("HTTP/1.1 200");
    await().until(() -> open() == 0);
  }

  @Test
  void requestsThatAreResetAtOnce_callNothing() throws Exception {
    Outcome outcome =
        FrameFlood.RAPID_RESET.run(
            InetAddress.getLoopbackAddress(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), rest.port()),
            100,
            FrameFlood.request("key"));

    assertThat(outcome.closed()).isFalse();
    // A request at the end of what is read at once comes without its reset.
    assertThat(calls).hasValueLessThan(10);
  }

  /** A connection that begins as HTTP/1, as Java's client does by default. */
  @Test
  void upgradedConnection_isCounted_andServed() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + rest.port() + "/v1/workflows/steps"))
            .build();

    for (int i = 0; i < 3; i++) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
    assertThat(open()).isOne();
  }

  /** The preface comes with the request that it follows, behind what looks like another one. */
  @ParameterizedTest
  @ValueSource(strings = {"", "PRI * HTT"})
  void upgradedConnection_thatFloods_isEnded(String body) throws IOException {
    String upgrade =
        "GET /v1/workflows/steps HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\n"
            + "upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body
            + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    ByteBuffer settings = ByteBuffer.allocate(9).put(3, (byte) 4);
    ByteBuffer ping = ByteBuffer.allocate(17).put(2, (byte) 8).put(3, (byte) 6);

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rest.port())) {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 8 << 10);
      out.write(upgrade.getBytes(StandardCharsets.US_ASCII));
      out.write(settings.array());
      for (int i = 0; i < UNITS; i++) {
        out.write(ping.array());
      }
      out.flush();
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    } catch (SocketException reset) {
      // So it ends as a rule.
    }

    await().until(() -> meters.connectionsEnded("rest", "control_frames").count() > 0);
  }

  /** Who sends requests and reads no response. */
  @Test
  void requestsOfOneConnection_areBounded_beforeTheirResponsesAreRead() throws IOException {
    String request = "GET /v1/workflows/steps HTTP/1.1\r\nhost: x\r\n\r\n";
    byte[] many = request.repeat(10_000).getBytes(StandardCharsets.US_ASCII);

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), rest.port())) {
      socket.getOutputStream().write(many);
      byte[] responses = socket.getInputStream().readAllBytes();
      assertThat(responses.length).isLessThan(many.length);
    } catch (SocketException reset) {
      // So it ends as a rule.
    }

    assertThat(RawHttp.exchange(rest.port(), GET)).startsWith("HTTP/1.1 200");
    await().until(() -> open() == 0);
  }

  private double open() {
    return meters.registry().get("workflow_steps.connections").gauge().value();
  }
}
