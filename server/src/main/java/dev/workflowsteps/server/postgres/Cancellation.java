package dev.workflowsteps.server.postgres;

import java.sql.SQLException;

/** Cancels the statement that a connection runs for a call, but never one of a later call. */
final class Cancellation {

  private final Cancel cancel;
  private boolean finished;
  private boolean cancelled;

  /** Cancels the running statement, if there is one. */
  @FunctionalInterface
  interface Cancel {
    void run() throws SQLException;
  }

  Cancellation(Cancel cancel) {
    this.cancel = cancel;
  }

  synchronized void cancel() {
    if (finished) {
      return;
    }
    cancelled = true;
    try {
      cancel.run();
    } catch (SQLException e) {
      // The statement's own time limit ends it; the connection is not used again.
    }
  }

  /** Whether the call was cancelled. A statement that had not begun by then still runs. */
  synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Waits for a cancel in progress; true if the call was cancelled. */
  synchronized boolean finish() {
    finished = true;
    return cancelled;
  }
}
