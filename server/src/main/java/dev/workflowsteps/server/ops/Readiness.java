package dev.workflowsteps.server.ops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether the server should be sent calls. Not ready until {@link #begin}, then while a check has a
 * problem, and for ever after {@link #drain}. Checks run when somebody asks, at most once in {@link
 * #FRESH}; {@code drain} takes effect at once. Thread-safe.
 */
public final class Readiness implements AutoCloseable {

  /** How long a result stays valid. */
  static final Duration FRESH = Duration.ofMillis(500);

  /** How long one check may take; a prober's own timeout is seldom under a second. */
  private static final Duration PATIENCE = Duration.ofMillis(900);

  private final ExecutorService executor = Executors.newCachedThreadPool(Readiness::thread);
  private final LongSupplier nanoTime;
  private final Duration patience;

  private volatile boolean draining;
  private volatile String phase = "the server is not set up yet";
  private List<Probe> probes;
  private Supplier<List<String>> remarks;
  private Report report;
  private long reportedAt;

  public Readiness() {
    this(System::nanoTime, PATIENCE);
  }

  Readiness(LongSupplier nanoTime, Duration patience) {
    this.nanoTime = nanoTime;
    this.patience = patience;
  }

  /** What the server is doing before {@link #begin}, for those who ask. */
  public void starting(String what) {
    phase = what;
  }

  /** Everything that this process serves answers: from here on the checks decide. */
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
    probes = checks.stream().map(check -> new Probe(check, executor, patience)).toList();
    report = null;
  }

  /** The server is about to stop. */
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

  private synchronized Report checked() {
    if (probes == null) {
      return Report.unready("starting: " + phase);
    }
    if (report == null || nanoTime.getAsLong() - reportedAt >= FRESH.toNanos()) {
      report = ask();
      reportedAt = nanoTime.getAsLong();
    }
    return report;
  }

  private Report ask() {
    boolean ready = true;
    var lines = new ArrayList<String>();
    for (Probe probe : probes) {
      Optional<String> problem = probe.problem();
      ready &= problem.isEmpty();
      lines.add(probe.name() + problem.map(text -> ": " + text).orElse(" ok"));
    }
    if (ready) {
      lines.addAll(remarks.get());
    }
    return new Report(ready, List.copyOf(lines));
  }

  /**
   * Waits for running checks, so that their database can be closed next. A check that hangs is
   * interrupted after three times its limit.
   */
  @Override
  public void close() {
    draining = true;
    executor.shutdown();
    try {
      boolean unused = executor.awaitTermination(3 * patience.toMillis(), TimeUnit.MILLISECONDS);
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
   * @param lines for a person: each check with {@code ok} or its problem, or why no check was run;
   *     and remarks
   */
  public record Report(boolean ready, List<String> lines) {

    private static Report unready(String line) {
      return new Report(false, List.of(line));
    }
  }
}
