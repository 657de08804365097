package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GoAwayTest {

  private final AtomicBoolean isCutOff = new AtomicBoolean();

  @Test
  void clientWithoutCalls_isClosedOnceItIsTold() {
    EmbeddedChannel channel = channel(new ChannelOutboundHandlerAdapter());

    send(channel);

    assertThat(channel.isOpen()).isFalse();
    assertThat(isCutOff).isFalse();
  }

  @Test
  void clientWhoDoesNotRead_isCutOffAfterAMinute() {
    EmbeddedChannel channel = channel(new Unread());

    send(channel);
    pass(channel, 59);
    assertThat(isCutOff).isFalse();

    pass(channel, 1);
    assertThat(isCutOff).isTrue();
    channel.close();
  }

  private void send(EmbeddedChannel channel) {
    channel.freezeTime();
    GoAway.send(
        channel.pipeline().context(Below.class),
        channel.pipeline().context(Http2ConnectionHandler.class),
        EndReason.IDLE,
        () -> isCutOff.set(true));
  }

  private static void pass(EmbeddedChannel channel, int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  private static EmbeddedChannel channel(ChannelOutboundHandlerAdapter socket) {
    return new EmbeddedChannel(
        socket,
        new Below(),
        new Http2ConnectionHandlerBuilder()
            .server(true)
            .frameListener(new Http2FrameAdapter())
            .build());
  }

  private static final class Below extends ChannelInboundHandlerAdapter {}

  /** Whatever is written waits for room. */
  private static final class Unread extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
    }
  }
}
