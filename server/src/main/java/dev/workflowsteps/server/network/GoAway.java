package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tells the client of an HTTP/2 connection to go away, and closes it once its calls are over. */
final class GoAway {

  /** So long may the calls of a connection take that was told to go away. */
  private static final Duration LAST_CALLS = Duration.ofMinutes(1);

  private static final ByteBuf TOO_MANY_RESETS = text("too_many_resets");
  private static final ByteBuf TOO_MANY_FRAMES = text("too_many_frames_without_work");
  private static final ByteBuf IDLE = text("idle_without_key");
  private static final ByteBuf NO_HTTP2 = text("this_port_speaks_grpc_over_http2");

  private static ByteBuf text(String why) {
    return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(why, US_ASCII).asReadOnly());
  }

  /**
   * Sends it.
   *
   * @param below the handler below HTTP/2, which closes the connection
   * @param handler HTTP/2's
   * @param cutOff ends the connection if its calls take too long
   */
  static void send(
      ChannelHandlerContext below,
      ChannelHandlerContext handler,
      EndReason reason,
      Runnable cutOff) {
    Http2ConnectionHandler http2 = (Http2ConnectionHandler) handler.handler();
    write(http2, handler, reason);
    // A client who doesn't read gets no GOAWAY, and ends here too.
    var end = below.executor().schedule(cutOff, LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS);
    below.channel().closeFuture().addListener(closed -> end.cancel(false));
    if (http2.connection().numActiveStreams() == 0) {
      closeWhenWritten(below);
      return;
    }
    http2
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                if (http2.connection().numActiveStreams() == 0) {
                  closeWhenWritten(below);
                }
              }
            });
  }

  /** The handler's own way would close the connection at once because of the error. */
  private static void write(
      Http2ConnectionHandler http2, ChannelHandlerContext handler, EndReason reason) {
    Http2Error error =
        switch (reason) {
          case IDLE -> Http2Error.NO_ERROR;
          case PROTOCOL -> Http2Error.PROTOCOL_ERROR;
          default -> Http2Error.ENHANCE_YOUR_CALM;
        };
    ByteBuf why =
        switch (reason) {
          case RESETS -> TOO_MANY_RESETS;
          case CONTROL_FRAMES -> TOO_MANY_FRAMES;
          case IDLE -> IDLE;
          case PROTOCOL -> NO_HTTP2;
          case REPLACED, ORGANIZATION ->
              throw new IllegalArgumentException("it goes at once: " + reason);
        };
    int lastStream = http2.connection().remote().lastStreamCreated();
    try {
      if (http2.connection().goAwaySent(lastStream, error.code(), why)) {
        var unused =
            http2
                .encoder()
                .frameWriter()
                .writeGoAway(
                    handler, lastStream, error.code(), why.duplicate(), handler.newPromise());
      }
    } catch (Http2Exception e) {
      // It was told a lower stream before: it is going already.
    }
    handler.flush();
  }

  /** Past HTTP/2, which would wait for its streams, or for a moment more. */
  private static void closeWhenWritten(ChannelHandlerContext below) {
    ChannelFutureListener close =
        written -> {
          var unused = below.close();
        };
    var unused = below.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(close);
  }

  private GoAway() {}
}
