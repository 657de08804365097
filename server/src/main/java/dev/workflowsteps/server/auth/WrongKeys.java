package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.workflowsteps.contract.CallerNetwork;
import dev.workflowsteps.contract.LogNames;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * there were many. {@link CallerNetwork} says what counts as one address.
 */
public final class WrongKeys implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WrongKeys.class);

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** That a caller is asked to wait. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** About 5 MB. The cache evicts the addresses that send the fewest. */
  private static final int MOST_ADDRESSES = 20_000;

  /** Fewer are no burst, but typing errors. */
  private static final int LEAST_LOGGED = 10;

  /** Different keys of an address that are looked up at a time. */
  public static final int MOST_IN_QUESTION = 100;

  /** So long, the end waits for the log. */
  private static final Duration LINES_WRITTEN = Duration.ofSeconds(2);

  private static final Marker LIMITED = MarkerFactory.getMarker(LogNames.LIMITED);

  private final int perMinute;
  private final Predicate<InetAddress> trusted;
  private final Clock clock;
  private final Ticker ticker;
  private final Cache<CallerNetwork, Burst> bursts;
  private final LongAdder keys = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final KeysInQuestion inQuestion = new KeysInQuestion();
  private final ExecutorService lines = newLines();

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
            .expireAfter(Expiry.<CallerNetwork, Burst>creating((network, burst) -> MINUTE))
            .removalListener((network, burst, cause) -> log(network, burst))
            .build();
  }

  /**
   * A thread that is there only while it has lines to write; if the log is stuck, they are lost.
   */
  private static ExecutorService newLines() {
    ThreadPoolExecutor lines =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_ADDRESSES),
            task -> {
              Thread thread = new Thread(task, "wrong-keys");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    lines.allowCoreThreadTimeOut(true);
    return lines;
  }

  /**
   * For how long a request from an address is to be refused, whatever its key; empty = it isn't.
   */
  public Optional<Duration> refusal(InetAddress address) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    Burst burst = bursts.getIfPresent(new CallerNetwork(address));
    if (burst == null || burst.keys.get() < perMinute || trusted.test(address)) {
      return Optional.empty();
    }
    burst.refused.incrementAndGet();
    refusals.increment();
    Duration left = MINUTE.minusNanos(ticker.read() - burst.begin);
    return Optional.of(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
  }

  /**
   * A key has to be looked up, which costs something even if it is wrong. An address may have as
   * many different ones looked up at a time as it may still send wrong ones.
   *
   * @param key as it was sent
   * @return to be run once it is known whether the key is right, or when nobody wants to know;
   *     empty if the address has too many
   */
  public Optional<Runnable> begin(InetAddress address, String key) {
    if (perMinute == 0 || trusted.test(address)) {
      return Optional.of(() -> {});
    }
    CallerNetwork network = new CallerNetwork(address);
    Burst burst = bursts.getIfPresent(network);
    long wrong = burst == null ? 0 : burst.keys.get();
    long most = Math.min(MOST_IN_QUESTION, perMinute - wrong);
    if (inQuestion.add(network, key, most)) {
      return Optional.of(inQuestion.removal(network, key));
    }
    refusals.increment();
    LOG.warn(
        LIMITED,
        "{} may have at most {} different keys looked up now, and a call had one more; if it is a"
            + " proxy, name it in trusted-addresses",
        network,
        Math.max(0, most));
    return Optional.empty();
  }

  /** Counts a wrong key. */
  public void add(InetAddress address) {
    keys.increment();
    bursts
        .get(
            new CallerNetwork(address),
            network -> new Burst(clock.instant().truncatedTo(ChronoUnit.SECONDS), ticker.read()))
        .keys
        .incrementAndGet();
  }

  /** How many wrong keys there were. */
  public long keys() {
    return keys.sum();
  }

  /** How many requests were to be refused, for good or until fewer keys are looked up. */
  public long refusals() {
    return refusals.sum();
  }

  /** How many addresses it knows. */
  long addresses() {
    bursts.cleanUp();
    return bursts.estimatedSize();
  }

  /** The cache calls this while it is locked, so it does not wait for the log. */
  private void log(CallerNetwork network, Burst burst) {
    long keys = burst.keys.get();
    if (keys < LEAST_LOGGED && (perMinute == 0 || keys < perMinute)) {
      return;
    }
    lines.execute(
        () ->
            Audit.LOG.info(
                LIMITED,
                "keys refused: address={} keys={} since={} requests-refused={}",
                network,
                keys,
                burst.since,
                burst.refused));
  }

  /** Logs what it knows. */
  @Override
  public void close() {
    bursts.invalidateAll();
    lines.shutdown();
    try {
      boolean unused = lines.awaitTermination(LINES_WRITTEN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
