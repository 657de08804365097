package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.workflowsteps.contract.LogNames;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * The wrong keys that addresses send: beyond a number in a minute, an address is to be refused
 * until the minute is over. Thread-safe.
 *
 * <p>A key is wrong if it was sent and does not authenticate. A request without a key guesses
 * nothing, so it does not count: probes send such ones, and browsers.
 *
 * <p>Each minute begins with the first wrong key. When it is over, the audit log gets a line, if
 * there were many. IPv6 addresses count by their /64 network, since whoever has one has all of it.
 */
public final class WrongKeys implements AutoCloseable {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** That a caller is asked to wait. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** About 5 MB. The cache evicts the addresses that send the fewest. */
  private static final int MOST_ADDRESSES = 20_000;

  /** Fewer are no burst, but typing errors. */
  private static final int LEAST_LOGGED = 10;

  private static final Marker LIMITED = MarkerFactory.getMarker(LogNames.LIMITED);

  private final int perMinute;
  private final Predicate<InetAddress> trusted;
  private final Clock clock;
  private final Ticker ticker;
  private final Cache<InetAddress, Burst> bursts;
  private final LongAdder keys = new LongAdder();
  private final LongAdder refusals = new LongAdder();

  /** What an address sends in a minute. */
  private static final class Burst {
    private final Instant since;
    private final long begin;
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Burst(Instant since, long begin) {
      this.since = since;
      this.begin = begin;
    }
  }

  /**
   * @param perMinute after so many an address is refused; 0 = never
   * @param trusted addresses that never are
   */
  public WrongKeys(int perMinute, Predicate<InetAddress> trusted) {
    this(perMinute, trusted, Clock.systemUTC(), Ticker.systemTicker(), Scheduler.systemScheduler());
  }

  /**
   * @param ends looks for minutes that are over
   */
  WrongKeys(
      int perMinute, Predicate<InetAddress> trusted, Clock clock, Ticker ticker, Scheduler ends) {
    this.perMinute = perMinute;
    this.trusted = trusted;
    this.clock = clock;
    this.ticker = ticker;
    this.bursts =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .scheduler(ends)
            .maximumSize(MOST_ADDRESSES)
            .expireAfter(Expiry.<InetAddress, Burst>creating((network, burst) -> MINUTE))
            .removalListener((network, burst, cause) -> log(network, burst))
            .build();
  }

  /**
   * For how long a request from an address is to be refused, whatever its key; empty = it isn't.
   */
  public Optional<Duration> refusal(InetAddress address) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    Burst burst = bursts.getIfPresent(network(address));
    if (burst == null || burst.keys.get() < perMinute || trusted.test(address)) {
      return Optional.empty();
    }
    burst.refused.incrementAndGet();
    refusals.increment();
    Duration left = MINUTE.minusNanos(ticker.read() - burst.begin);
    return Optional.of(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
  }

  /** Counts a wrong key. */
  public void add(InetAddress address) {
    keys.increment();
    bursts
        .get(
            network(address),
            network -> new Burst(clock.instant().truncatedTo(ChronoUnit.SECONDS), ticker.read()))
        .keys
        .incrementAndGet();
  }

  /** How many wrong keys there were. */
  public long keys() {
    return keys.sum();
  }

  /** How many requests were to be refused. */
  public long refusals() {
    return refusals.sum();
  }

  /** How many addresses it knows. */
  long addresses() {
    bursts.cleanUp();
    return bursts.estimatedSize();
  }

  private void log(InetAddress network, Burst burst) {
    long keys = burst.keys.get();
    if (keys < LEAST_LOGGED && (perMinute == 0 || keys < perMinute)) {
      return;
    }
    Audit.LOG.info(
        LIMITED,
        "keys refused: address={} keys={} since={} requests-refused={}",
        text(network),
        keys,
        burst.since,
        burst.refused);
  }

  private static InetAddress network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }

  private static String text(InetAddress network) {
    return network.getHostAddress() + (network instanceof Inet6Address ? "/64" : "");
  }

  /** Logs what it knows. */
  @Override
  public void close() {
    bursts.invalidateAll();
  }
}
