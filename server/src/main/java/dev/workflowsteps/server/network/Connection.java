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
  private volatile KeyState keyState = KeyState.NONE;

  /** Whose share it is part of. The lock of {@link PortConnections} guards it. */
  private Optional<String> organization = Optional.empty();

  /** What is known of its key. */
  enum KeyState {
    /** It has shown no valid one. */
    NONE,
    /** It has shown a valid one, and its organization's share had room for it. */
    WITHIN_SHARE,
    /** It has shown a valid one when its organization's share was used up. */
    BEYOND_SHARE
  }

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

  KeyState keyState() {
    return keyState;
  }

  void setKeyState(KeyState state) {
    keyState = state;
  }

  boolean hasValidKey() {
    return keyState != KeyState.NONE;
  }

  /** Whose share it is part of; empty without a key, and for trusted ones. */
  Optional<String> organization() {
    return organization;
  }

  void setOrganization(String organizationId) {
    organization = Optional.of(organizationId);
  }
}
