package dev.workflowsteps.server.network;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2CodecUtil.RST_STREAM_FRAME_LENGTH;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Watches the bytes of one connection, right below HTTP/2 and above TLS. Ends a connection that
 * sends too many frames that bring no work, or has too many streams reset, whichever side resets
 * them: first it is told to go away and may finish its calls; if it goes on, it is cut off. Also
 * ends a connection that has shown no valid key and makes no calls.
 *
 * <p>It counts frames below the libraries since those pass on neither all frames nor the resets
 * that they send themselves. It needs no frame to be whole.
 */
final class FrameGuard extends ChannelDuplexHandler {

  /** An honest client cancels or times out as many calls at once, and in a second. */
  static final int RESETS = 400;

  static final int RESETS_PER_SECOND = 300;

  /** Of all other frames that bring no work. */
  static final int CONTROL_FRAMES = 1_000;

  static final int CONTROL_FRAMES_PER_SECOND = 250;

  /**
   * For each frame of a response: clients answer it with an update of two windows, and measure the
   * connection with a ping.
   */
  private static final int CONTROL_FRAMES_PER_RESPONSE_FRAME = 3;

  /** Shorter pieces of a message, but for its last one, count as frames without work. */
  private static final int SMALL_BYTES = 64;

  private static final int MAX_FRAME_BYTES = 1 << 20;

  /** So long may the calls of a connection take that was told to go away. */
  private static final Duration LAST_CALLS = Duration.ofMinutes(1);

  private static final ByteBuf TOO_MANY_RESETS =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("too_many_resets", US_ASCII).asReadOnly());
  private static final ByteBuf TOO_MANY_FRAMES =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("too_many_frames_without_work", US_ASCII).asReadOnly());
  private static final ByteBuf IDLE =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("idle_without_key", US_ASCII).asReadOnly());

  private final BooleanSupplier hasKey;
  private final Consumer<EndReason> ended;
  private final Duration idleLimit;
  private final LongSupplier nanoTime;
  private final boolean isBehindTls;
  private final PrefaceReader preface = new PrefaceReader();
  private final FrameReader frames = new FrameReader();
  private final FrameBudget resets;
  private final FrameBudget controlFrames;

  private long lastCall;
  private Future<?> idleCheck;

  /** Of what is being read: it is told so once the calls in it have begun. */
  private EndReason excess;

  /** Of resets by the server: it is about to be told so. */
  private boolean isTooMuch;

  private boolean toldToGo;
  private boolean isCutOff;

  /**
   * @param hasKey whether the connection has shown a valid key
   * @param ended told why the connection is ended
   * @param idleLimit how long a connection may be idle that has shown none
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  FrameGuard(
      BooleanSupplier hasKey,
      Consumer<EndReason> ended,
      Duration idleLimit,
      LongSupplier nanoTime) {
    this(hasKey, ended, idleLimit, nanoTime, false);
  }

  private FrameGuard(
      BooleanSupplier hasKey,
      Consumer<EndReason> ended,
      Duration idleLimit,
      LongSupplier nanoTime,
      boolean isBehindTls) {
    this.hasKey = hasKey;
    this.ended = ended;
    this.idleLimit = idleLimit;
    this.nanoTime = nanoTime;
    this.isBehindTls = isBehindTls;
    this.resets = new FrameBudget(RESETS, RESETS_PER_SECOND, nanoTime);
    this.controlFrames = new FrameBudget(CONTROL_FRAMES, CONTROL_FRAMES_PER_SECOND, nanoTime);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      begin(context);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    begin(context);
    context.fireChannelActive();
  }

  /** Comes twice for a connection that is active before it has an event loop. */
  private void begin(ChannelHandlerContext context) {
    if (idleCheck == null) {
      lastCall = nanoTime.getAsLong();
      checkIdleIn(context, idleLimit.toNanos());
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (idleCheck != null) {
      idleCheck.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!isBehindTls && !preface.isWhole() && !preface.sawOther() && isEncrypted(context)) {
      context.fireChannelRead(bytes);
      return;
    }
    read(context, bytes);
    if (isCutOff || !context.channel().isActive()) {
      bytes.release();
      return;
    }
    context.fireChannelRead(bytes);
    if (excess != null) {
      EndReason kind = excess;
      excess = null;
      exceed(context, kind);
    }
  }

  /** Another one takes over behind TLS, before it has decrypted anything. */
  private boolean isEncrypted(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) {
      return pipeline.context(AbstractSniHandler.class) != null;
    }
    pipeline.addAfter(tls.name(), null, new FrameGuard(hasKey, ended, idleLimit, nanoTime, true));
    pipeline.remove(this);
    return true;
  }

  private void read(ChannelHandlerContext context, ByteBuf bytes) {
    int at = preface.isWhole() ? bytes.readerIndex() : preface.read(bytes);
    if (preface.isWhole()) {
      frames.read(bytes, at, (type, flags, length) -> count(context, type, flags, length));
    }
  }

  private void count(ChannelHandlerContext context, int type, int flags, int length) {
    switch (type) {
      case Http2FrameTypes.HEADERS -> lastCall = nanoTime.getAsLong();
      case Http2FrameTypes.RST_STREAM -> take(context, resets, EndReason.RESETS);
      case Http2FrameTypes.DATA -> {
        if (length < SMALL_BYTES && (flags & Http2Flags.END_STREAM) == 0) {
          take(context, controlFrames, EndReason.CONTROL_FRAMES);
        }
      }
      default -> take(context, controlFrames, EndReason.CONTROL_FRAMES);
    }
  }

  private void take(ChannelHandlerContext context, FrameBudget budget, EndReason kind) {
    if (isCutOff || budget.take()) {
      return;
    }
    if (toldToGo) {
      cutOff(context);
    } else if (excess != null) {
      // Both budgets at once: it would not heed what it is told.
      ended.accept(kind);
      cutOff(context);
    } else {
      excess = kind;
      fill();
    }
  }

  private void fill() {
    resets.fill();
    controlFrames.fill();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (preface.isWhole() && message instanceof ByteBuf bytes) {
      countSent(context, bytes);
    }
    var unused = context.write(message, promise);
  }

  /** Netty writes each frame's header, and each reset, as a buffer of its own. */
  private void countSent(ChannelHandlerContext context, ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length < FRAME_HEADER_LENGTH) {
      return;
    }
    int from = bytes.readerIndex();
    int payload = bytes.getUnsignedMedium(from);
    int type = bytes.getByte(from + 3);
    if (type == Http2FrameTypes.RST_STREAM) {
      if (length == RST_STREAM_FRAME_LENGTH
          && payload == Integer.BYTES
          && isMistake(bytes.getUnsignedInt(from + FRAME_HEADER_LENGTH))
          && !resets.take()
          && !isTooMuch) {
        isTooMuch = true;
        // Not in the middle of what the library does with the frame.
        context
            .executor()
            .execute(
                () -> {
                  isTooMuch = false;
                  fill();
                  exceed(context, EndReason.RESETS);
                });
      }
    } else if ((type == Http2FrameTypes.DATA || type == Http2FrameTypes.HEADERS)
        && payload <= MAX_FRAME_BYTES) {
      controlFrames.give(CONTROL_FRAMES_PER_RESPONSE_FRAME);
    }
  }

  /** A server also resets what it has answered early, and calls whose time is over. */
  private static boolean isMistake(long code) {
    return code != Http2Error.NO_ERROR.code() && code != Http2Error.CANCEL.code();
  }

  /** The connection has sent or caused too many frames. */
  private void exceed(ChannelHandlerContext context, EndReason kind) {
    if (isCutOff || !context.channel().isActive()) {
      return;
    }
    if (toldToGo) {
      cutOff(context);
      return;
    }
    ended.accept(kind);
    if (http2(context) == null) {
      cutOff(context);
      return;
    }
    goAway(
        context,
        Http2Error.ENHANCE_YOUR_CALM,
        kind == EndReason.RESETS ? TOO_MANY_RESETS : TOO_MANY_FRAMES);
  }

  private void goAway(ChannelHandlerContext context, Http2Error error, ByteBuf why) {
    toldToGo = true;
    ChannelHandlerContext handler = http2(context);
    Http2ConnectionHandler http2 = (Http2ConnectionHandler) handler.handler();
    int lastStream = http2.connection().remote().lastStreamCreated();
    try {
      // The handler's own way would close the connection at once because of the error.
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
    if (http2.connection().numActiveStreams() == 0) {
      closeWhenWritten(context);
      return;
    }
    http2
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                if (http2.connection().numActiveStreams() == 0) {
                  closeWhenWritten(context);
                }
              }
            });
    var end =
        context
            .executor()
            .schedule(() -> cutOff(context), LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS);
    context.channel().closeFuture().addListener(closed -> end.cancel(false));
  }

  /** Past HTTP/2, which would wait for its streams, or for a moment more. */
  private static void closeWhenWritten(ChannelHandlerContext context) {
    ChannelFutureListener close =
        written -> {
          var unused = context.close();
        };
    var unused = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(close);
  }

  private void cutOff(ChannelHandlerContext context) {
    isCutOff = true;
    PortConnections.reset(context.channel());
  }

  private void checkIdleIn(ChannelHandlerContext context, long nanos) {
    idleCheck = context.executor().schedule(() -> endIfIdle(context), nanos, TimeUnit.NANOSECONDS);
  }

  /** Calls without a key, for example of health, keep a connection; pings don't. */
  private void endIfIdle(ChannelHandlerContext context) {
    if (hasKey.getAsBoolean() || toldToGo) {
      return;
    }
    if (preface.sawOther() && !preface.isWhole()) {
      // HTTP/1 has limits of its own, and nothing here says whether a request runs.
      checkIdleIn(context, idleLimit.toNanos());
      return;
    }
    ChannelHandlerContext http2 = preface.isWhole() ? http2(context) : null;
    long idle = nanoTime.getAsLong() - lastCall;
    if (http2 != null
        && ((Http2ConnectionHandler) http2.handler()).connection().numActiveStreams() > 0) {
      idle = 0;
    }
    if (idle < idleLimit.toNanos()) {
      checkIdleIn(context, idleLimit.toNanos() - idle);
      return;
    }
    ended.accept(EndReason.IDLE);
    if (http2 == null) {
      cutOff(context);
    } else {
      goAway(context, Http2Error.NO_ERROR, IDLE);
    }
  }

  /** Null as long as there is none. */
  private static ChannelHandlerContext http2(ChannelHandlerContext context) {
    return context.pipeline().context(Http2ConnectionHandler.class);
  }
}
