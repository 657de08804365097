package dev.workflowsteps.adapter.rest;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;

/** What guards the connections of a port, before anything is known of their requests. */
public interface ConnectionGuard {

  /** Lets in everybody. */
  ConnectionGuard NONE =
      new ConnectionGuard() {
        @Override
        public ChannelHandler acceptor() {
          return new ChannelInboundHandlerAdapter();
        }

        @Override
        public void authenticated(SocketAddress peer, String organizationId) {}
      };

  /** Sees each connection that the port accepts, as the first handler of its channel. */
  ChannelHandler acceptor();

  /**
   * A connection has shown a valid key.
   *
   * @param peer its address and port
   * @param organizationId whose key it is
   */
  void authenticated(SocketAddress peer, String organizationId);
}
