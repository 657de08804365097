package dev.workflowsteps.server.cli;

import java.time.Duration;
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
  private boolean working = true;

  /** Guards the calling thread until it is closed. */
  ShutdownGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** From here on the thread only closes what it opened, which must not be interrupted. */
  synchronized void workDone() {
    working = false;
    Thread.interrupted();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      // The hook is running; the latch has released it.
    }
  }

  private void stop() {
    interruptWork();
    try {
      closed.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interruptWork() {
    if (working) {
      worker.interrupt();
    }
  }
}
