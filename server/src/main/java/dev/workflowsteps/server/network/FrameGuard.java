package dev.workflowsteps.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameTypes;
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

  private final Protocol protocol;
  private final BooleanSupplier hasKey;
  private final Consumer<EndReason> ended;
  private final Duration idleLimit;
  private final LongSupplier nanoTime;
  private final boolean isBehindTls;
  private final PrefaceReader preface = new PrefaceReader();
  private final FrameReader frames = new FrameReader();
  private final FrameCosts costs;

  private long lastCall;
  private Future<?> idleCheck;

  /** Of what is being read: it is told so once the calls in it have begun. */
  private EndReason excess;

  /** Of resets by the server: it is about to be told so. */
  private boolean isTooMuch;

  private boolean toldToGo;
  private boolean isCutOff;

  /**
   * @param protocol of its port
   * @param hasKey whether the connection has shown a valid key
   * @param ended told why the connection is ended
   * @param idleLimit how long a connection may be idle that has shown none
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  FrameGuard(
      Protocol protocol,
      BooleanSupplier hasKey,
      Consumer<EndReason> ended,
      Duration idleLimit,
      LongSupplier nanoTime) {
    this(protocol, hasKey, ended, idleLimit, nanoTime, false);
  }

  private FrameGuard(
      Protocol protocol,
      BooleanSupplier hasKey,
      Consumer<EndReason> ended,
      Duration idleLimit,
      LongSupplier nanoTime,
      boolean isBehindTls) {
    this.protocol = protocol;
    this.hasKey = hasKey;
    this.ended = ended;
    this.idleLimit = idleLimit;
    this.nanoTime = nanoTime;
    this.isBehindTls = isBehindTls;
    this.costs = new FrameCosts(nanoTime);
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
    if (protocol == Protocol.GRPC && preface.sawOther() && !isCutOff) {
      refuse(context);
    }
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

  /** The library would tell the client the bytes that it got, and log them. */
  private void refuse(ChannelHandlerContext context) {
    ended.accept(EndReason.PROTOCOL);
    ChannelHandlerContext http2 = http2(context);
    if (http2 == null) {
      cutOff(context);
      return;
    }
    isCutOff = true;
    GoAway.send(context, http2, EndReason.PROTOCOL, () -> cutOff(context));
  }

  /** Another one takes over behind TLS, before it has decrypted anything. */
  private boolean isEncrypted(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    ChannelHandlerContext tls = pipeline.context(SslHandler.class);
    if (tls == null) {
      return pipeline.context(AbstractSniHandler.class) != null;
    }
    pipeline.addAfter(
        tls.name(), null, new FrameGuard(protocol, hasKey, ended, idleLimit, nanoTime, true));
    pipeline.remove(this);
    return true;
  }

  private void read(ChannelHandlerContext context, ByteBuf bytes) {
    int at = bytes.readerIndex();
    if (!preface.isWhole()) {
      at = preface.read(bytes);
      ChannelHandlerContext http2 = http2(context);
      // There is none if the client did not agree to HTTP/2 by TLS.
      if (preface.isWhole() && protocol == Protocol.GRPC && http2 != null) {
        MessagePrefixes.install((Http2ConnectionHandler) http2.handler());
      }
    }
    if (preface.isWhole()) {
      frames.read(bytes, at, (type, flags, length) -> count(context, type, flags, length));
    }
  }

  private void count(ChannelHandlerContext context, int type, int flags, int length) {
    if (type == Http2FrameTypes.HEADERS) {
      lastCall = nanoTime.getAsLong();
    }
    costs.received(type, flags, length).ifPresent(kind -> receivedTooMany(context, kind));
  }

  private void receivedTooMany(ChannelHandlerContext context, EndReason kind) {
    if (isCutOff) {
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
      costs.fill();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (preface.isWhole() && message instanceof ByteBuf bytes) {
      costs.sent(bytes).ifPresent(kind -> sentTooMany(context, kind));
    }
    var unused = context.write(message, promise);
  }

  private void sentTooMany(ChannelHandlerContext context, EndReason kind) {
    if (isTooMuch) {
      return;
    }
    isTooMuch = true;
    // Not in the middle of what the library does with the frame.
    context
        .executor()
        .execute(
            () -> {
              isTooMuch = false;
              costs.fill();
              exceed(context, kind);
            });
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
    end(context, kind);
  }

  private void end(ChannelHandlerContext context, EndReason reason) {
    ended.accept(reason);
    ChannelHandlerContext http2 = preface.isWhole() ? http2(context) : null;
    if (http2 == null) {
      cutOff(context);
      return;
    }
    toldToGo = true;
    GoAway.send(context, http2, reason, () -> cutOff(context));
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
    end(context, EndReason.IDLE);
  }

  /** Null as long as there is none. */
  private static ChannelHandlerContext http2(ChannelHandlerContext context) {
    return context.pipeline().context(Http2ConnectionHandler.class);
  }
}
