package dev.workflowsteps.server.network;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An open connection of a port. */
final class Connection {

  /** Whoever has one address of IPv6 has as many as the bytes after these can number. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private final Channel channel;
  private final InetSocketAddress peer;
  private final boolean isTrusted;
  private final long opened;
  private volatile boolean hasKey;

  /**
   * @param isTrusted whether its address has no limit of its own
   * @param opened when, by a clock like {@link System#nanoTime}
   */
  Connection(Channel channel, InetSocketAddress peer, boolean isTrusted, long opened) {
    this.channel = channel;
    this.peer = peer;
    this.isTrusted = isTrusted;
    this.opened = opened;
  }

  Channel channel() {
    return channel;
  }

  InetSocketAddress peer() {
    return peer;
  }

  /** Stands for the peer's address, or for its network if that is of IPv6. */
  ByteBuffer network() {
    byte[] address = peer.getAddress().getAddress();
    return ByteBuffer.wrap(Arrays.copyOf(address, Math.min(address.length, IPV6_NETWORK_BYTES)));
  }

  boolean isTrusted() {
    return isTrusted;
  }

  long opened() {
    return opened;
  }

  /** Whether it has shown a valid key. */
  boolean hasKey() {
    return hasKey;
  }

  void showedKey() {
    hasKey = true;
  }
}
