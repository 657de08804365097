package dev.workflowsteps.server.call;

import java.time.Duration;

/**
 * What bounds the work for one caller: the time that is left, and whether the caller is still
 * there.
 */
public interface Call {

  /** The time left; zero or negative when it is over. */
  Duration remaining();

  /**
   * Runs the action, once, when the caller goes away; at once if it has gone. Close to forget the
   * action.
   *
   * @param action returns at once, since it may run on an event loop; throws nothing
   */
  Registration onCancel(Runnable action);

  /**
   * Tells how large the answer will be, before there is memory for it.
   *
   * @throws FailedCallException with {@code NO_MEMORY} if there will be none
   */
  default void reserve(long answerBytes) {}

  /** A registered action. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  /** A call that nobody cancels and that may take this long from now on. */
  static Call within(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    return new Call() {
      @Override
      public Duration remaining() {
        return Duration.ofNanos(end - System.nanoTime());
      }

      @Override
      public Registration onCancel(Runnable action) {
        return () -> {};
      }
    };
  }
}
