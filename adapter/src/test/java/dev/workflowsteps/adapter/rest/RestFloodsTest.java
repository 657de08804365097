package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.network.FrameFlood;
import dev.workflowsteps.server.network.FrameFlood.Outcome;
import dev.workflowsteps.server.network.PortConnections;
import dev.workflowsteps.server.network.Protocol;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Metadata;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
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

  /** More than a connection may make, and fewer than Netty allows. */
  private static final int MISTAKES = 190;

  private static final int ENHANCE_YOUR_CALM = 11;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private static final String GET =
      "GET /v1/workflows/steps HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

  private final AtomicInteger calls = new AtomicInteger();
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final PortConnections connections =
      new PortConnections(
          Protocol.REST, ConnectionLimits.of(Settings.load(Map.of(), Map.of())), meters);
  private final RestServer rest =
      TestRest.server(
          new RestOptions("127.0.0.1", 0, Duration.ofSeconds(30), Duration.ZERO, List.of()),
          new Guard(connections),
          (method, message, headers, options) -> {
            calls.incrementAndGet();
            return Futures.immediateFuture(
                new UnaryResponse(new byte[0], new Metadata(), () -> {}));
          });

  private record Guard(PortConnections connections) implements ConnectionGuard {

    @Override
    public ChannelHandler acceptor() {
      return connections;
    }

    @Override
    public void authenticated(SocketAddress peer, String organizationId) {
      connections.authenticated(peer, organizationId);
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
      assertThat(outcome.resets()).as(outcome.toString()).isEqualTo(500 - 128);
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

  /** Netty would close the connection a little later, at once and whatever runs on it. */
  @Test
  void mistakes_endTheirConnection_withAWord() throws Exception {
    Outcome outcome =
        FrameFlood.MADE_YOU_RESET.run(
            InetAddress.getLoopbackAddress(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), rest.port()),
            MISTAKES,
            FrameFlood.request("key"));

    assertThat(outcome.goAway()).as(outcome.toString()).isEqualTo(ENHANCE_YOUR_CALM);
    assertThat(outcome.closed()).as(outcome.toString()).isTrue();
    assertThat(meters.connectionsEnded("rest", "resets").count()).isEqualTo(1);
  }

  /** A preface in a body, or behind a request, begins no HTTP/2: nobody would count its frames. */
  @ParameterizedTest
  @ValueSource(strings = {"", PREFACE + "\377\377\377\0\0\0\0\0\0"})
  void framesBehindAnUpgrade_areNoRequests(String body) throws IOException {
    String upgrade =
        "GET /v1/workflows/steps HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\n"
            + "upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body
            + PREFACE;

    String answers = RawHttp.exchange(rest.port(), upgrade);

    assertThat(answers.split("HTTP/1.1 [0-9]", -1)).as(answers).hasSize(3);
    assertThat(answers).containsSubsequence("HTTP/1.1 200", "HTTP/1.1 400");
    await().until(() -> open() == 0);
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
