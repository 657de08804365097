package dev.workflowsteps.server.ops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether the server is ready for calls: from {@link #begin} to {@link #drain}, while no check
 * reports a problem. Checks run on request, and their results are cached for {@link #CACHE_TTL};
 * {@code drain} takes effect at once. Thread-safe.
 */
public final class Readiness implements AutoCloseable {

  static final Duration CACHE_TTL = Duration.ofMillis(500);

  /** Probes seldom give up earlier than after a second. */
  private static final Duration CHECK_TIMEOUT = Duration.ofMillis(900);

  private final ExecutorService executor = Executors.newCachedThreadPool(Readiness::thread);
  private final LongSupplier nanoTime;
  private final Duration checkTimeout;

  private volatile boolean draining;
  private volatile String phase = "the server is not set up yet";
  private List<Probe> probes;
  private Supplier<List<String>> remarks;
  private Report report;
  private Set<String> passed = Set.of();
  private long reportedAt;

  public Readiness() {
    this(System::nanoTime, CHECK_TIMEOUT);
  }

  Readiness(LongSupplier nanoTime, Duration checkTimeout) {
    this.nanoTime = nanoTime;
    this.checkTimeout = checkTimeout;
  }

  /** Sets what the server is doing, reported until {@link #begin}. */
  public void starting(String what) {
    phase = what;
  }

  /** Everything that this process serves responds now; the checks decide from here on. */
  public void begin(List<Check> checks) {
    begin(checks, List::of);
  }

  /**
   * As {@link #begin(List)}, with lines for a person that decide nothing.
   *
   * @param remarks shown while the server is ready; must not block
   */
  public synchronized void begin(List<Check> checks, Supplier<List<String>> remarks) {
    this.remarks = remarks;
    probes = checks.stream().map(check -> new Probe(check, executor, checkTimeout)).toList();
    report = null;
  }

  /** The server is about to stop: not ready from here on. */
  public void drain() {
    draining = true;
  }

  public boolean draining() {
    return draining;
  }

  public boolean ready() {
    return report().ready();
  }

  /** Takes at most 900 ms for each check that hangs. */
  public Report report() {
    return draining ? Report.unready("draining: the server is stopping") : checked();
  }

  /** Whether a check finds no problem, draining or not; false before {@link #begin}. */
  public synchronized boolean passed(String check) {
    checked();
    return passed.contains(check);
  }

  private synchronized Report checked() {
    if (probes == null) {
      return Report.unready("starting: " + phase);
    }
    if (report == null || nanoTime.getAsLong() - reportedAt >= CACHE_TTL.toNanos()) {
      report = check();
      reportedAt = nanoTime.getAsLong();
    }
    return report;
  }

  private Report check() {
    boolean ready = true;
    var well = new HashSet<String>();
    var lines = new ArrayList<String>();
    for (Probe probe : probes) {
      Optional<String> problem = probe.problem();
      ready &= problem.isEmpty();
      if (problem.isEmpty()) {
        well.add(probe.name());
      }
      lines.add(probe.name() + problem.map(text -> ": " + text).orElse(" ok"));
    }
    passed = well;
    if (ready) {
      lines.addAll(remarks.get());
    }
    return new Report(ready, List.copyOf(lines));
  }

  /**
   * Waits for running checks, so that the database can be closed afterwards. A check that hangs is
   * interrupted after three times its timeout.
   */
  @Override
  public void close() {
    draining = true;
    executor.shutdown();
    try {
      boolean unused =
          executor.awaitTermination(3 * checkTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }

  private static Thread thread(Runnable task) {
    var thread = new Thread(task, "readiness");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The result.
   *
   * @param lines for a person: each check with {@code ok} or its problem, or why no check ran; and
   *     remarks
   */
  public record Report(boolean ready, List<String> lines) {

    private static Report unready(String line) {
      return new Report(false, List.of(line));
    }
  }
}
