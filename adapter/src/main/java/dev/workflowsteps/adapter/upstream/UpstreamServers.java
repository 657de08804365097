package dev.workflowsteps.adapter.upstream;

import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC servers behind REST: every address of every name that was configured. Names are looked
 * up, and servers checked, all the time. Safe for use by many threads.
 */
public final class UpstreamServers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UpstreamServers.class);

  private static final int CHECK_MILLIS = 500;
  private static final int LOOK_UP_MILLIS = 2_000;

  private final List<InetSocketAddress> names;
  private final Optional<SslContext> tls;
  private final Resolver resolver;

  /** What the last lookup that succeeded gave for each name. */
  private final Map<InetSocketAddress, List<InetAddress>> found = new HashMap<>();

  private final AtomicInteger turn = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(2, UpstreamServers::thread);
  private volatile Map<InetSocketAddress, UpstreamServer> servers = Map.of();
  private volatile List<String> namesWithoutAddress = List.of();

  /** Looks up a host; may block. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /**
   * Looks the names up and begins to check the servers.
   *
   * @param names hosts, which need not be resolved, and ports
   * @param tls empty = plaintext
   */
  public static UpstreamServers start(List<InetSocketAddress> names, Optional<UpstreamTls> tls) {
    return start(names, tls, InetAddress::getAllByName);
  }

  static UpstreamServers start(
      List<InetSocketAddress> names, Optional<UpstreamTls> tls, Resolver resolver) {
    UpstreamServers servers = new UpstreamServers(names, tls.map(UpstreamTls::context), resolver);
    servers.lookUp();
    var unused =
        servers.timer.scheduleWithFixedDelay(
            () -> logged(servers::check), 0, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    unused =
        servers.timer.scheduleWithFixedDelay(
            () -> logged(servers::lookUp), LOOK_UP_MILLIS, LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
    return servers;
  }

  /** A task that throws would never run again. */
  private static void logged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("the upstreams could not be looked up or checked; trying again", e);
    }
  }

  private UpstreamServers(
      List<InetSocketAddress> names, Optional<SslContext> tls, Resolver resolver) {
    this.names = names;
    this.tls = tls;
    this.resolver = resolver;
  }

  /**
   * The next in turn of those that serve; if none does, of those that may be reached; if none, of
   * all. Empty if there is none.
   */
  Optional<UpstreamServer> next() {
    List<UpstreamServer> all = List.copyOf(servers.values());
    int now = turn.getAndIncrement();
    return best(all, now).or(() -> inTurn(all, now, server -> true));
  }

  /**
   * As {@link #next}, for a call that this server failed; empty if no other may be reached. Takes
   * no turn: between two servers, every first try would meet the failing one again.
   */
  Optional<UpstreamServer> nextBeside(UpstreamServer failed) {
    return best(servers.values().stream().filter(server -> server != failed).toList(), turn.get());
  }

  private static Optional<UpstreamServer> best(List<UpstreamServer> of, int turn) {
    return inTurn(of, turn, UpstreamServer::serves)
        .or(() -> inTurn(of, turn, server -> !server.isUnreachable()));
  }

  private static Optional<UpstreamServer> inTurn(
      List<UpstreamServer> of, int turn, Predicate<UpstreamServer> which) {
    List<UpstreamServer> candidates = of.stream().filter(which).toList();
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(Math.floorMod(turn, candidates.size())));
  }

  /** How many addresses there are. */
  public int known() {
    return servers.size();
  }

  /** How many of them serve. */
  public int serving() {
    return (int) servers.values().stream().filter(UpstreamServer::serves).count();
  }

  /** Why no call can be served; empty if at least one server was ready at its last check. */
  public Optional<String> problem() {
    boolean ready = servers.values().stream().anyMatch(server -> server.problem().isEmpty());
    return ready ? Optional.empty() : Optional.of(String.join("; ", problems()));
  }

  /** A sentence for each server that isn't ready, and for each name without an address. */
  public List<String> problems() {
    return Stream.concat(
            namesWithoutAddress.stream()
                .map(name -> name + " has no address; check the name and the DNS server"),
            servers.values().stream().map(UpstreamServer::problem).flatMap(Optional::stream))
        .toList();
  }

  private void check() {
    servers.values().forEach(UpstreamServer::check);
  }

  private void lookUp() {
    Map<InetSocketAddress, UpstreamServer> before = servers;
    Map<InetSocketAddress, UpstreamServer> now = new LinkedHashMap<>();
    List<String> withoutAddress = new ArrayList<>();
    for (InetSocketAddress name : names) {
      List<InetAddress> addresses = addresses(name);
      if (addresses.isEmpty()) {
        withoutAddress.add(text(name));
      }
      for (InetAddress ip : addresses) {
        InetSocketAddress address = new InetSocketAddress(ip, name.getPort());
        UpstreamServer known = before.get(address);
        now.computeIfAbsent(
            address, any -> known != null ? known : new UpstreamServer(text(name), address, tls));
      }
    }
    // In the order of the settings.
    servers = Collections.unmodifiableMap(now);
    namesWithoutAddress = List.copyOf(withoutAddress);
    before.forEach(
        (address, server) -> {
          if (!now.containsKey(address)) {
            server.retire();
          }
        });
  }

  /**
   * Of the family that Java prefers: a server with an IPv4 and an IPv6 address is one. A name that
   * can't be looked up now keeps the addresses that it had.
   */
  private List<InetAddress> addresses(InetSocketAddress name) {
    try {
      InetAddress[] all = resolver.addresses(name.getHostString());
      found.put(name, Stream.of(all).filter(ip -> ip.getClass() == all[0].getClass()).toList());
    } catch (UnknownHostException e) {
      LOG.debug("{} can't be looked up", name, e);
    }
    return found.getOrDefault(name, List.of());
  }

  private static String text(InetSocketAddress name) {
    String host = name.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + name.getPort();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "upstreams");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    servers.values().forEach(UpstreamServer::close);
  }
}
