package dev.workflowsteps.server.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command come to an orderly end when the process is told to stop, by Ctrl-C or a signal:
 * interrupts its work, and holds the process until what it opened is closed.
 */
final class ShutdownGuard implements AutoCloseable {

  /** Long enough to end a batch and stop the embedded database. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread worker = Thread.currentThread();
  private final Thread hook = new Thread(this::stop, "shutdown-guard");
  private boolean working = true;

  /** Guards the calling thread until it is closed. */
  ShutdownGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** From here on the thread only closes what it opened, and must not be interrupted in that. */
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
      // Then the hook is running, and ends by what was counted down.
    }
  }

  private void stop() {
    interruptWork();
    try {
      closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
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
