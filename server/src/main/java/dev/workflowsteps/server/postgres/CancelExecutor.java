package dev.workflowsteps.server.postgres;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that cancel statements. A cancel opens a connection and waits for its end, which
 * neither an event loop nor a thread that serves calls may do.
 */
final class CancelExecutor implements AutoCloseable {

  private static final int THREADS = 4;

  /** More than there are connections, each of which runs one statement. */
  private static final int QUEUE = 256;

  private final MeterRegistry meters;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor timer;

  /** What became of a cancel. */
  enum Outcome {
    /** The database took it; the connection is used again. */
    CONFIRMED,
    /** The database did not say in time that it took it; the connection is replaced. */
    UNCONFIRMED,
    /** Too many waited. The statement ends by its own time limit. */
    DROPPED
  }

  CancelExecutor(MeterRegistry meters) {
    this.meters = meters;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            daemons("cancel"));
    threads.allowCoreThreadTimeOut(true);
    timer = new ScheduledThreadPoolExecutor(1, daemons("cancel-timer"));
    timer.setRemoveOnCancelPolicy(true);
    for (Outcome outcome : Outcome.values()) {
      counter(outcome);
    }
  }

  /** Returns at once; drops the cancel if too many wait. */
  void execute(Runnable cancel) {
    try {
      threads.execute(cancel);
    } catch (RejectedExecutionException e) {
      count(Outcome.DROPPED);
    }
  }

  /**
   * Runs the request when this time is over, unless it is cancelled before.
   *
   * @param request returns at once
   */
  Future<?> schedule(Runnable request, Duration after) {
    return timer.schedule(request, after.toNanos(), TimeUnit.NANOSECONDS);
  }

  void count(Outcome outcome) {
    counter(outcome).increment();
  }

  private Counter counter(Outcome outcome) {
    return Counter.builder("workflow_steps.cancels")
        .description("Cancels sent to the database, by what became of them.")
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.shutdown();
  }

  static ThreadFactory daemons(String name) {
    return new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build();
  }
}
