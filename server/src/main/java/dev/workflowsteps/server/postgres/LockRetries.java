package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.StartupException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Short waits for locks, repeated. Whoever waits for the lock of a table also stops everybody who
 * comes after, so a migration waits briefly, lets the others pass, and tries again.
 */
final class LockRetries {

  /**
   * Longer than deadlock_timeout, which is a second unless somebody changed it: an autovacuum gives
   * way only then.
   */
  static final String LOCK_TIMEOUT = "SET lock_timeout = '2s'";

  private static final int MOST_TRIES = 30;
  private static final long PAUSE_MILLIS = 1_000;

  /** lock_not_available, deadlock_detected. */
  private static final Set<String> LOCKED = Set.of("55P03", "40P01");

  /** What can be tried again from its beginning. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Runs the work until it gets its locks, for a minute and a half at most. */
  static <T, E extends Exception> T run(Work<T, E> work) throws E {
    for (int tries = 1; ; tries++) {
      try {
        return work.run();
      } catch (Exception e) {
        // Work that retries itself ends with a StartupException.
        boolean again = isLocked(e) && !(e instanceof StartupException);
        if (tries == MOST_TRIES || !again || !pause()) {
          throw e;
        }
      }
    }
  }

  static boolean isLocked(Throwable failure) {
    return LOCKED.contains(SqlFailures.state(failure));
  }

  /** Whether the pause was not interrupted. */
  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private LockRetries() {}
}
