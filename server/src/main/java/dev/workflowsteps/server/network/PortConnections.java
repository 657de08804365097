package dev.workflowsteps.server.network;

import dev.workflowsteps.contract.CallerNetwork;
import dev.workflowsteps.server.network.Connection.KeyState;
import dev.workflowsteps.server.ops.Meters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a port. Belongs into the pipeline of the channel that listens, where it sees
 * each connection before anything is done for it, and gives it a {@link FrameGuard}.
 *
 * <p>If there are as many as there may be, a new one takes the place of the one that has shown no
 * valid key for the longest time: so nobody keeps others out by connections that do nothing. Those
 * that exceed their organization's share count as such, until it has room for them.
 */
@Sharable
public final class PortConnections extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(PortConnections.class);

  private static final Duration IDLE_WITHOUT_KEY = Duration.ofSeconds(30);

  /** So long, a connection may at least take to show its key. */
  public static final Duration UNDISTURBED = Duration.ofSeconds(1);

  /** Of connections that lose their place, and still have their descriptors. */
  private static final int MOST_LEAVING = 64;

  /** The part of the most by which trusted addresses may exceed it. */
  private static final int TRUSTED_PART = 10;

  private static final Duration PAUSE_WITHOUT_DESCRIPTORS = Duration.ofSeconds(1);
  private static final Duration LOG_PERIOD = Duration.ofMinutes(1);

  private final Protocol protocol;
  private final String port;
  private final ConnectionLimits limits;
  private final Meters meters;
  private final Duration idleWithoutKey;
  private final LongSupplier nanoTime;

  private final Map<SocketAddress, Connection> byPeer = new ConcurrentHashMap<>();

  /** The oldest first. Guarded by this, like what follows. */
  private final Set<Connection> withoutKey = new LinkedHashSet<>();

  private final Set<Connection> trustedWithoutKey = new LinkedHashSet<>();
  private final ConnectionCounts<CallerNetwork> ofNetwork = new ConnectionCounts<>();
  private final ConnectionCounts<String> ofOrganization = new ConnectionCounts<>();
  private final Set<Connection> leaving = new LinkedHashSet<>();
  private int open;
  private long refusedSinceLog;
  private Optional<Long> lastLog = Optional.empty();

  /** Why a connection is refused. */
  private enum Refusal {
    PORT,
    ADDRESS,
    DESCRIPTORS
  }

  /** Of a port that speaks this. */
  public PortConnections(Protocol protocol, ConnectionLimits limits, Meters meters) {
    this(protocol, limits, meters, IDLE_WITHOUT_KEY, System::nanoTime);
  }

  PortConnections(
      Protocol protocol,
      ConnectionLimits limits,
      Meters meters,
      Duration idleWithoutKey,
      LongSupplier nanoTime) {
    this.protocol = protocol;
    this.port = label(protocol);
    this.limits = limits;
    this.meters = meters;
    this.idleWithoutKey = idleWithoutKey;
    this.nanoTime = nanoTime;
    meters.connections(port, this::open, limits.most());
    for (Refusal reason : Refusal.values()) {
      meters.connectionsRefused(port, label(reason)).increment(0);
    }
    for (EndReason reason : EndReason.values()) {
      meters.connectionsEnded(port, label(reason)).increment(0);
    }
  }

  private synchronized int open() {
    return open;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel channel = (Channel) message;
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
      // It has left already.
      close(channel);
      return;
    }
    boolean trusted = limits.trusted().contains(peer.getAddress());
    Connection connection = new Connection(channel, peer, trusted, nanoTime.getAsLong());
    Optional<Refusal> refusal = admit(connection);
    if (refusal.isPresent()) {
      close(channel);
      refused(refusal.get(), why(refusal.get()));
      return;
    }
    byPeer.put(peer, connection);
    channel.closeFuture().addListener(closed -> remove(connection));
    channel
        .pipeline()
        .addFirst(
            new FrameGuard(
                protocol, connection::hasValidKey, this::countEnd, idleWithoutKey, nanoTime));
    context.fireChannelRead(channel);
  }

  private synchronized Optional<Refusal> admit(Connection connection) {
    if (!connection.isTrusted() && ofNetwork.of(connection.network()) >= limits.ofAddress()) {
      return Optional.of(Refusal.ADDRESS);
    }
    int most = limits.most() + (connection.isTrusted() ? limits.most() / TRUSTED_PART : 0);
    if (open - leaving.size() >= most && !replaceOldest(connection)) {
      return Optional.of(Refusal.PORT);
    }
    open++;
    if (!connection.isTrusted()) {
      ofNetwork.add(connection.network());
    }
    withoutKey(connection).add(connection);
    return Optional.empty();
  }

  private Set<Connection> withoutKey(Connection connection) {
    return connection.isTrusted() ? trustedWithoutKey : withoutKey;
  }

  /** False if there is none that may be ended for the new one. */
  private boolean replaceOldest(Connection replacement) {
    if (leaving.size() >= MOST_LEAVING) {
      return false;
    }
    Optional<Connection> oldest = oldest(withoutKey, replacement.opened());
    if (oldest.isEmpty() && replacement.isTrusted()) {
      oldest = oldest(trustedWithoutKey, replacement.opened());
    }
    oldest.ifPresent(this::replace);
    return oldest.isPresent();
  }

  /** Empty if it is too young to be ended. */
  private static Optional<Connection> oldest(Set<Connection> of, long now) {
    return of.stream()
        .findFirst()
        .filter(connection -> now - connection.opened() >= UNDISTURBED.toNanos())
        .filter(connection -> connection.channel().isRegistered());
  }

  private void replace(Connection connection) {
    withoutKey(connection).remove(connection);
    leaving.add(connection);
    countEnd(connection.hasValidKey() ? EndReason.ORGANIZATION : EndReason.REPLACED);
    connection.channel().eventLoop().execute(() -> reset(connection.channel()));
  }

  private synchronized void remove(Connection connection) {
    byPeer.remove(connection.peer(), connection);
    withoutKey(connection).remove(connection);
    leaving.remove(connection);
    open--;
    if (!connection.isTrusted()) {
      ofNetwork.remove(connection.network());
      connection.organization().ifPresent(ofOrganization::remove);
    }
  }

  /**
   * The peer's connection has shown a valid key. It counts for the organization of the first one
   * whose share has room for it.
   *
   * @param peer its address and port; unknown ones are ignored
   */
  public void authenticated(SocketAddress peer, String organizationId) {
    Connection connection = byPeer.get(peer);
    if (connection != null && connection.keyState() != KeyState.WITHIN_SHARE) {
      authenticated(connection, organizationId);
    }
  }

  private synchronized void authenticated(Connection connection, String organizationId) {
    if (!withoutKey(connection).contains(connection)) {
      // It has ended meanwhile, or is about to.
      return;
    }
    if (!connection.isTrusted()) {
      if (ofOrganization.of(organizationId) >= limits.ofOrganization()) {
        connection.setKeyState(KeyState.BEYOND_SHARE);
        return;
      }
      ofOrganization.add(organizationId);
      connection.setOrganization(organizationId);
    }
    withoutKey(connection).remove(connection);
    connection.setKeyState(KeyState.WITHIN_SHARE);
  }

  private void countEnd(EndReason reason) {
    meters.connectionsEnded(port, label(reason)).increment();
  }

  /** Not logged one by one: whoever attacks would fill the log. */
  private void refused(Refusal reason, String why) {
    meters.connectionsRefused(port, label(reason)).increment();
    long count;
    synchronized (this) {
      refusedSinceLog++;
      long now = nanoTime.getAsLong();
      if (lastLog.isPresent() && now - lastLog.get() < LOG_PERIOD.toNanos()) {
        return;
      }
      count = refusedSinceLog;
      refusedSinceLog = 0;
      lastLog = Optional.of(now);
    }
    LOG.warn(
        "the {} port has refused {} connections since the last such line: {}", port, count, why);
  }

  private String why(Refusal refusal) {
    return refusal == Refusal.ADDRESS
        ? "the address of the latest has "
            + limits.ofAddress()
            + " already; raise max-connections-per-address, or name a proxy in trusted-addresses"
        : "it has "
            + limits.most()
            + " already; raise max-connections, or find out who opens so many";
  }

  /**
   * Without descriptors nothing can be accepted: looking again at once would keep the thread busy.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      refused(
          Refusal.DESCRIPTORS,
          cause.getMessage() + "; raise the limit of open files (ulimit -n, LimitNOFILE)");
    } else {
      LOG.error("accepting a connection to {} failed by an error of the program", port, cause);
    }
    context.channel().config().setAutoRead(false);
    var unused =
        context
            .channel()
            .eventLoop()
            .schedule(
                () -> context.channel().config().setAutoRead(true),
                PAUSE_WITHOUT_DESCRIPTORS.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** One that no event loop has yet. */
  private static void close(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.unsafe().closeForcibly();
  }

  /** At once, past TLS and HTTP/2, which would wait. */
  static void reset(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (channel.isActive() && first != null) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var unused = first.close();
    }
  }

  private static String label(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
