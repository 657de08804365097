package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.ThreadFactories;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;

/**
 * The thread that accepts connections. Armeria lets nobody see a connection before it has made all
 * of its handlers for it; but the channel that listens is registered here.
 */
final class AcceptingLoop extends MultiThreadIoEventLoopGroup {

  private final ChannelHandler acceptor;

  /**
   * @param name of the thread
   * @param acceptor sees each connection before Armeria does
   */
  AcceptingLoop(String name, ChannelHandler acceptor) {
    super(1, ThreadFactories.newEventLoopThreadFactory(name, false), io());
    this.acceptor = acceptor;
  }

  /** Of the same kind as the channels that Armeria makes: epoll, kqueue or NIO. */
  private static IoHandlerFactory io() {
    return switch (Flags.transportType()) {
      case EPOLL -> EpollIoHandler.newFactory();
      case KQUEUE -> KQueueIoHandler.newFactory();
      default -> NioIoHandler.newFactory();
    };
  }

  @Override
  public ChannelFuture register(Channel listening) {
    listening.pipeline().addFirst(acceptor);
    return super.register(listening);
  }
}
