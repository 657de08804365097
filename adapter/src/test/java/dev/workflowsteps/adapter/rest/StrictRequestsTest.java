package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.rest.EchoingRest.Transport;
import dev.workflowsteps.server.Rule;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Targets that Armeria's decoders would answer by themselves. */
@ParameterizedClass
@EnumSource(Transport.class)
class StrictRequestsTest {

  @Parameter private Transport transport;

  private static final String STEPS = "/v1/workflows/steps";
  private static final String PAGE = "https://app.example.com";

  private static EchoingRest rest;

  private enum Version {
    HTTP_1,
    HTTP_2
  }

  @BeforeParameterizedClassInvocation
  static void start(Transport transport) {
    rest = new EchoingRest(List.of(PAGE), transport);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    rest.close();
  }

  @ParameterizedTest
  @CsvSource({
    "%00, \\u0000",
    "a%01b, a\\u0001b",
    "a%0Ab, a\\nb",
    ".., ..",
    "%2e%2E, ..",
    "a%7Fb, a\u007fb"
  })
  @Rule("path-text")
  void idInAPath_mayBeAnything(String raw, String json) throws Exception {
    for (Version version : Version.values()) {
      String answer = ask(version, STEPS + "/" + raw + "?run_id=%02..");

      assertThat(answer)
          .as(version.name())
          .contains("200")
          .contains("\"step_id\":\"" + json + "\"");
      assertThat(answer).as(version.name()).contains("\"run_id\":\"\\u0002..\"");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Rule({"query-text", "http-request-id", "http-cors", "error-body"})
  void brokenEncoding_isAnsweredAsAllErrorsAre(Version version) throws Exception {
    for (String target : List.of(STEPS + "?run_id=100%", STEPS + "/%zz", "/%zz/../x?a=%")) {
      String answer = ask(version, target);

      assertThat(answer)
          .as(target)
          .contains("400")
          .contains("x-request-id: mine")
          .contains("access-control-allow-origin: " + PAGE)
          .contains("a % without two hexadecimal digits behind it");
    }
  }

  @ParameterizedTest
  @EnumSource
  void pathWithTwoDots_isAPathLikeAnyOther(Version version) throws Exception {
    assertThat(ask(version, "/v1/../v1/workflows/steps")).contains("404", "route_not_found");
    assertThat(ask(version, STEPS + "?limit=1&run_id=../..%01"))
        .contains("\"run_id\":\"../..\\u0001\"");
  }

  @Test
  @Rule("http-tolerance")
  void absoluteTarget_isReadLikeThePathInIt() throws Exception {
    assertThat(ask(Version.HTTP_1, "http://x" + STEPS + "/%00"))
        .contains("200", "\"step_id\":\"\\u0000\"");
    assertThat(ask(Version.HTTP_1, "http://x" + STEPS + "?run_id=%"))
        .contains("400", "x-request-id: mine");
  }

  @Test
  void requestThatComesInPieces_andOnesBehindIt() throws Exception {
    String request = "GET " + STEPS + "/%00 HTTP/1.1\r\nHost: x\r\n";
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      socket.setTcpNoDelay(true);
      for (byte piece : (request + "\r\n").getBytes(StandardCharsets.US_ASCII)) {
        socket.getOutputStream().write(piece);
        TimeUnit.MILLISECONDS.sleep(2);
      }
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + STEPS
                      + "/a HTTP/1.1\r\nHost: x\r\n\r\n"
                      + "HEAD "
                      + STEPS
                      + "/.. HTTP/1.1\r\nHost: x\r\n\r\n"
                      + "OPTIONS "
                      + STEPS
                      + "/%01 HTTP/1.1\r\nHost: x\r\n\r\n"
                      + "POST "
                      + STEPS
                      + "/%01 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                      + request
                      + "Connection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(
              Pattern.compile("HTTP/1.1 \\d+|\"step_id\":\"[^\"]*\"|(?m)^allow: .*$")
                  .matcher(answers)
                  .results()
                  .map(MatchResult::group))
          .containsExactly(
              "HTTP/1.1 200",
              "\"step_id\":\"\\u0000\"",
              "HTTP/1.1 200",
              "\"step_id\":\"a\"",
              "HTTP/1.1 200",
              "HTTP/1.1 204",
              "allow: GET, HEAD, OPTIONS",
              "HTTP/1.1 405",
              "allow: GET, HEAD, OPTIONS",
              "HTTP/1.1 200",
              "\"step_id\":\"\\u0000\"");
    }
  }

  @Test
  @Rule("query-text")
  void targetsThatAreNone_areNotMadeSome() throws Exception {
    assertThat(ask(Version.HTTP_1, STEPS.substring(1) + "/%00")).startsWith("HTTP/1.1 400");
    assertThat(ask(Version.HTTP_1, STEPS.substring(1) + "/a")).startsWith("HTTP/1.1 400");
  }

  @ParameterizedTest
  @EnumSource
  @Rule("query-text")
  void brokenQuery_isToldWhateverThePath(Version version) throws Exception {
    assertThat(ask(version, "/nothing?x=%zz")).contains("400", "malformed_request");
    assertThat(ask(version, STEPS + "/a/b?x=%ff")).contains("400", "malformed_request");
  }

  @Test
  void http2HeadersWithoutAPath_endOnlyTheirStream() throws Exception {
    Http2Headers headers = new DefaultHttp2Headers().scheme("http").authority("x");

    assertThat(http2(headers.method("GET"))).isEqualTo("reset PROTOCOL_ERROR");
  }

  @Test
  void http2HeadersWithoutAMethod_are400() throws Exception {
    Http2Headers headers = new DefaultHttp2Headers().scheme("http").authority("x");

    assertThat(http2(headers.path("*"))).contains(":status: 400", "malformed_request");
    assertThat(http2(headers.path(STEPS))).contains(":status: 400", "malformed_request");
  }

  /** The head and the body of the answer, as HTTP/1 writes them. */
  private static String ask(Version version, String target) throws Exception {
    return version == Version.HTTP_1
        ? rest.exchange(
            "GET " + target + " HTTP/1.1\r\nOrigin: " + PAGE + "\r\nX-Request-Id: mine\r\n")
        : http2(
            new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority("x")
                .path(target)
                .add("origin", PAGE)
                .add("x-request-id", "mine"));
  }

  private static String http2(Http2Headers headers) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Channel connection =
          new Bootstrap()
              .group(loops)
              .channel(NioSocketChannel.class)
              .handler(new Frames())
              .connect("127.0.0.1", rest.port(Protocol.H2C))
              .sync()
              .channel();
      CompletableFuture<String> answer = new CompletableFuture<>();
      Channel stream =
          new Http2StreamChannelBootstrap(connection).handler(new Answer(answer)).open().get();
      stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true)).sync();
      return answer.get(30, TimeUnit.SECONDS);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static final class Frames extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(
              Http2FrameCodecBuilder.forClient().build(),
              new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
    }
  }

  private static final class Answer extends ChannelInboundHandlerAdapter {

    private final CompletableFuture<String> whole;
    private final StringBuilder text = new StringBuilder();

    Answer(CompletableFuture<String> whole) {
      this.whole = whole;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame headers) {
        headers
            .headers()
            .forEach(
                header ->
                    text.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append('\n'));
        end(headers.isEndStream());
      } else if (frame instanceof Http2DataFrame data) {
        text.append(data.content().toString(StandardCharsets.UTF_8));
        end(data.isEndStream());
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        whole.complete("reset " + Http2Error.valueOf(reset.errorCode()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      whole.complete("closed");
    }

    private void end(boolean ended) {
      if (ended) {
        whole.complete(text.toString());
      }
    }
  }
}
