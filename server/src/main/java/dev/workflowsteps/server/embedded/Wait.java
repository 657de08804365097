package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits for other processes. */
final class Wait {

  private static final int POLL_MILLIS = 10;

  private Wait() {}

  /**
   * Whether a child ends within that time.
   *
   * @param exit from {@code onExit()} of a child; for other processes Java polls too rarely
   */
  static boolean within(long seconds, CompletableFuture<?> exit) throws IOException {
    try {
      exit.get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Whether a condition becomes true within that time. */
  static boolean until(long seconds, BooleanSupplier condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(POLL_MILLIS);
    }
    return true;
  }

  /** Sleeps between two polls. */
  static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while waiting for PostgreSQL");
  }
}
