package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.postgres.CancelExecutor.Outcome;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * Cancels the statement that a connection runs for a call, but never one of a later call.
 *
 * <p>The rule, for readers and writers: a connection may be used again if every cancel that was
 * sent is confirmed, and none is sent from then on. A cancel is confirmed when the server has ended
 * the connection on which it came. PostgreSQL does so after it has sent the signal, and a signal
 * that arrives between two statements is forgotten before the next one begins; libpq's {@code
 * PQcancel} relies on the same. PgBouncer (from 1.18 on) waits for PostgreSQL, and lends the
 * server's connection to nobody meanwhile; behind an older one no rule of ours would help, since
 * the connection that is hit is not the one that we would replace.
 *
 * <p>How the statement ended proves nothing: 57014 is also what a time limit gives, while the
 * signal is still on its way, and without 57014 the signal may have come too late or may be yet to
 * come. A further round trip would not help: the signal may come after it.
 */
final class Cancellation {

  /**
   * The driver returns in silence if it has waited for the server as long as {@code
   * cancelSignalTimeout}, which is a second or more. A cancel that took less did not run into it.
   */
  private static final long CONFIRMED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * A cancel that comes just before its statement, or between two messages of it, is forgotten by
   * the server, so it is sent again.
   */
  private static final long AGAIN_AFTER_MILLIS = 100;

  private static final int MOST_TRIES = 5;

  private final CancelExecutor executor;
  private Cancel cancel;
  private boolean requested;
  private boolean sending;
  private boolean unconfirmed;
  private boolean finished;

  /** Sends a cancel and waits for the end of its connection. */
  @FunctionalInterface
  interface Cancel {
    void send() throws SQLException;
  }

  Cancellation(CancelExecutor executor) {
    this.executor = executor;
  }

  /** From now on there may be something to cancel. */
  synchronized void begin(Cancel cancel) {
    this.cancel = cancel;
  }

  /** Returns at once, whatever the database does. */
  void request() {
    if (isFirstOfARunningCall()) {
      executor.execute(this::send);
    }
  }

  private synchronized boolean isFirstOfARunningCall() {
    boolean first = !requested;
    requested = true;
    return first && cancel != null && !finished;
  }

  synchronized boolean isRequested() {
    return requested;
  }

  /**
   * From now on no cancel is sent. Waits for up to a second for one that is on its way, not for one
   * that has not begun.
   *
   * @return whether the connection may be used again
   */
  synchronized boolean finish() {
    finished = true;
    notifyAll();
    long end = System.nanoTime() + CONFIRMED_WITHIN_NANOS;
    for (long left = CONFIRMED_WITHIN_NANOS; sending && left > 0; left = end - System.nanoTime()) {
      if (!await(left)) {
        break;
      }
    }
    return !sending && !unconfirmed;
  }

  /** Until the call is finished, or it is no use. */
  private void send() {
    boolean confirmed = true;
    for (int tries = 0; tries < MOST_TRIES && confirmed && isToBeSent(); tries++) {
      confirmed = isConfirmed();
      executor.count(confirmed ? Outcome.CONFIRMED : Outcome.UNCONFIRMED);
      sent(confirmed);
    }
  }

  private synchronized boolean isToBeSent() {
    sending = !finished;
    return sending;
  }

  private boolean isConfirmed() {
    long start = System.nanoTime();
    try {
      cancel.send();
      return System.nanoTime() - start < CONFIRMED_WITHIN_NANOS;
    } catch (SQLException e) {
      return false;
    }
  }

  private synchronized void sent(boolean confirmed) {
    sending = false;
    unconfirmed |= !confirmed;
    notifyAll();
    if (confirmed && !finished) {
      await(TimeUnit.MILLISECONDS.toNanos(AGAIN_AFTER_MILLIS));
    }
  }

  /** False if the thread was interrupted. */
  private synchronized boolean await(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
