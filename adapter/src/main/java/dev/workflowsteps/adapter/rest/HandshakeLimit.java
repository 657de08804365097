package dev.workflowsteps.adapter.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends a new connection whose TLS handshake is not over in time, or does not even begin. */
final class HandshakeLimit extends ChannelInboundHandlerAdapter {

  private final Duration limit;
  private Future<?> end;

  HandshakeLimit(Duration limit) {
    this.limit = limit;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Runnable close =
        () -> {
          var unused = context.close();
        };
    end = context.executor().schedule(close, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    context.fireUserEventTriggered(event);
    if (event instanceof SslHandshakeCompletionEvent && !context.isRemoved()) {
      context.pipeline().remove(this);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end.cancel(false);
  }
}
