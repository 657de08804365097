package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.RawBytes;
import dev.workflowsteps.server.grpc.RawHttp2;
import dev.workflowsteps.server.network.FrameFlood.Outcome;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over a server of grpc-java, while the clock stands still. */
@Timeout(60)
class FrameGuardTest {

  private static final String METHOD = "test.Service/Call";
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int WINDOW = 64 << 10;

  /** A server that says nothing fails the test. */
  private static final int SILENCE_MILLIS = 30_000;

  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final EventLoops loops = new EventLoops("test");
  private final PortConnections connections =
      new PortConnections(
          Protocol.GRPC,
          new ConnectionLimits(
              10, 10, 10, Settings.load(Map.of(), Map.of()).get(Setting.TRUSTED_ADDRESSES)),
          meters,
          Duration.ofHours(1),
          () -> 0);
  private final Server server =
      NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .bossEventLoopGroup(loops.acceptor())
          .workerEventLoopGroup(loops.workers())
          .channelFactory(() -> loops.listener(connections))
          .addService(
              ServerServiceDefinition.builder("test.Service")
                  .addMethod(
                      RawBytes.method(MethodType.UNARY, METHOD),
                      ServerCalls.asyncUnaryCall(
                          (request, answer) -> {
                            answer.onNext(request);
                            answer.onCompleted();
                          }))
                  .build())
          .build();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
    loops.close();
    meters.close();
  }

  @Test
  void fewResets_arePermitted() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      client.reset(client.begin(METHOD), FrameCosts.RESETS);

      assertAnswered(client, client.begin(METHOD));
      assertThat(ended("resets")).isZero();
    }
  }

  @Test
  void manyResets_endTheConnection_onceItsCallsAreFinished() throws IOException {
    AtomicInteger open = new AtomicInteger();
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      int first = client.begin(METHOD);
      client.reset(first, FrameCosts.RESETS);
      // In one piece: a call has to be known before its connection is told to go.
      client.together(
          () -> {
            open.set(client.begin(METHOD));
            client.reset(first, 1);
          });
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(ended("resets")).isEqualTo(1);

      assertAnswered(client, open.get());
      assertThat(client.isAtItsEnd()).isTrue();
    }
  }

  @Test
  void resetsThatGoOn_cutTheConnectionOff() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      int open = client.begin(METHOD);
      client.reset(client.begin(METHOD), 2 * FrameCosts.RESETS + 2);

      assertThat(client.isAtItsEnd()).isTrue();
      assertThat(open).isOne();
    }
  }

  @Test
  void resetsAfterItWasToldToGo_cutTheConnectionOff() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      int open = client.begin(METHOD);
      int other = client.begin(METHOD);
      client.reset(other, FrameCosts.RESETS + 1);
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);

      client.reset(other, FrameCosts.RESETS + 1);

      assertThat(client.isAtItsEnd()).isTrue();
      assertThat(open).isOne();
    }
  }

  @Test
  void pingsAndUpdates_arePermitted_inProportionToResponses() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      for (int i = 0; i < FrameCosts.CONTROL_FRAMES; i++) {
        assertAnswered(client, client.begin(METHOD));
        client.updateWindow(2);
      }
      assertThat(ended("control_frames")).isZero();

      client.updateWindow(FrameCosts.CONTROL_FRAMES + 1);
      assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(client.isAtItsEnd()).isTrue();
      assertThat(ended("control_frames")).isEqualTo(1);
    }
  }

  @Test
  void callsAfterItWasToldToGo_areRefused_andTooManyCutTheConnectionOff() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      int open = toldToGo(client);
      begin(client, FrameCosts.RESETS);
      assertAnswered(client, open);
    }
    try (RawHttp2 client = new RawHttp2(server.getPort(), WINDOW)) {
      int open = toldToGo(client);
      begin(client, FrameCosts.RESETS + 1);

      assertThat(client.isAtItsEnd()).isTrue();
      assertThat(open).isOne();
    }
  }

  /** The call that it has open. */
  private static int toldToGo(RawHttp2 client) throws IOException {
    int open = client.begin(METHOD);
    client.updateWindow(FrameCosts.CONTROL_FRAMES + 1);
    assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
    return open;
  }

  private static void begin(RawHttp2 client, int calls) throws IOException {
    client.together(
        () -> {
          for (int i = 0; i < calls; i++) {
            int unused = client.begin(METHOD);
          }
        });
  }

  /** Each makes the server reset a stream. */
  @Test
  void mistakes_endTheConnection_withAWord() throws Exception {
    Outcome few = mistakes(FrameCosts.MISTAKES);
    assertThat(few.resets()).isEqualTo(FrameCosts.MISTAKES);
    assertThat(few.goAway()).isEqualTo(-1);

    assertThat(mistakes(FrameCosts.MISTAKES + 1).goAway()).isEqualTo(ENHANCE_YOUR_CALM);
    assertThat(ended("resets")).isEqualTo(1);
  }

  private Outcome mistakes(int count) throws IOException, InterruptedException {
    return FrameFlood.MADE_YOU_RESET.run(
        InetAddress.getLoopbackAddress(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
        count,
        FrameFlood.call(METHOD, "key"));
  }

  /** Its client did not agree to HTTP/2 by TLS, and sent the preface all the same. */
  @Test
  void prefaceWithoutHttp2_isPassedOn() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new FrameGuard(
                Protocol.GRPC, () -> false, reason -> {}, Duration.ofHours(1), System::nanoTime));
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();

    assertThat(channel.writeInbound(preface)).isTrue();

    assertThat(channel.<ByteBuf>readInbound()).isSameAs(preface);
  }

  @Test
  void otherProtocol_isRefused_withoutTheBytesOfItsClient() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
      socket.setSoTimeout(SILENCE_MILLIS);
      socket.getOutputStream().write("secret / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII));

      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);

      assertThat(answer).endsWith("this_port_speaks_grpc_over_http2").doesNotContain("secret");
      assertThat(ended("protocol")).isEqualTo(1);
    }
  }

  private static void assertAnswered(RawHttp2 client, int call) throws IOException {
    client.send(call, RawHttp2.prefix(0));
    client.halfClose(call);
    assertThat(client.end(call)).isEqualTo("0");
  }

  private double ended(String reason) {
    return meters.connectionsEnded("grpc", reason).count();
  }
}
