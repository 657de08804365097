package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.call.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a command cleanly on Ctrl-C or a signal: interrupts its work, and keeps the process alive
 * until the command has closed what it opened.
 */
final class ShutdownGuard implements AutoCloseable {

  /** Enough to finish a batch and stop the embedded database. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread worker = Thread.currentThread();
  private final Thread hook = new Thread(this::stop, "shutdown-guard");
  private final List<Runnable> cancels = new ArrayList<>();
  private boolean working = true;
  private boolean stopping;

  /** Guards the calling thread until it is closed. */
  ShutdownGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** From here on the thread only closes what it opened, which must not be interrupted. */
  synchronized void workDone() {
    working = false;
    Thread.interrupted();
  }

  /** Whether the process is about to end. */
  synchronized boolean isStopping() {
    return stopping;
  }

  /** A call that is cancelled when the work is interrupted. */
  Call call(Duration timeout) {
    Call timed = Call.within(timeout);
    return new Call() {
      @Override
      public Duration remaining() {
        return timed.remaining();
      }

      @Override
      public Registration onCancel(Runnable action) {
        return register(action);
      }
    };
  }

  private synchronized Call.Registration register(Runnable cancel) {
    if (stopping && working) {
      cancel.run();
    }
    cancels.add(cancel);
    return () -> forget(cancel);
  }

  private synchronized void forget(Runnable cancel) {
    cancels.remove(cancel);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException begun) {
      // The hook is running; the latch has released it.
    }
  }

  /** Returns once this is closed. */
  void stop() {
    interruptWork();
    try {
      closed.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interruptWork() {
    stopping = true;
    if (working) {
      worker.interrupt();
      List.copyOf(cancels).forEach(Runnable::run);
    }
  }
}
