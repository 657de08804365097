package dev.workflowsteps.server.network;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The threads that accept and serve the connections of a port. */
public final class EventLoops implements AutoCloseable {

  private static final int USUAL_NUMBER = 0;

  private final EventLoopGroup acceptor;
  private final EventLoopGroup workers;

  /**
   * @param name of the threads
   */
  public EventLoops(String name) {
    this.acceptor = loops(1, name + "-accept");
    this.workers = loops(USUAL_NUMBER, name + "-loop");
  }

  private static EventLoopGroup loops(int number, String name) {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(number, new DefaultThreadFactory(name, true), io);
  }

  /** Accepts connections. */
  public EventLoopGroup acceptor() {
    return acceptor;
  }

  /** Serve connections. */
  public EventLoopGroup workers() {
    return workers;
  }

  /**
   * A channel for these threads that will listen.
   *
   * @param first sees each connection that is accepted before anybody else does
   */
  public ServerChannel listener(ChannelHandler first) {
    ServerChannel channel =
        Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    channel.pipeline().addFirst(first);
    return channel;
  }

  /** Ends the threads, and with them all connections that are left. */
  @Override
  public void close() {
    var unused = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    unused = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
