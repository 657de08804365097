package dev.workflowsteps.server.network;

import dev.workflowsteps.contract.CallerNetwork;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;

/** An open connection of a port. */
final class Connection {

  private final Channel channel;
  private final InetSocketAddress peer;
  private final boolean isTrusted;
  private final long opened;
  private volatile boolean hasKey;

  /** Whose share it is part of. The lock of {@link PortConnections} guards it. */
  private Optional<String> organization = Optional.empty();

  private volatile boolean isBeyondShare;

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

  CallerNetwork network() {
    return new CallerNetwork(peer.getAddress());
  }

  boolean isTrusted() {
    return isTrusted;
  }

  long opened() {
    return opened;
  }

  /** Whether it has shown a valid key, within its organization's share or not. */
  boolean hasShownKey() {
    return hasKey || isBeyondShare;
  }

  /** Whether it has shown a valid key, and its organization's share had room for it. */
  boolean hasKey() {
    return hasKey;
  }

  void showedKey() {
    hasKey = true;
  }

  /** Whose share it is part of; empty without a key, and for trusted ones. */
  Optional<String> organization() {
    return organization;
  }

  void countFor(String organizationId) {
    organization = Optional.of(organizationId);
  }

  /** Whether it has shown a valid key when its organization's share was used up. */
  boolean isBeyondShare() {
    return isBeyondShare;
  }

  void exceedsShare() {
    isBeyondShare = true;
  }
}
