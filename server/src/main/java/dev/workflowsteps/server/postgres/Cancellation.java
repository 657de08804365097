package dev.workflowsteps.server.postgres;

import java.sql.SQLException;

/** Cancels what a connection runs for a call while it belongs to the call, and never after. */
final class Cancellation {

  private final Cancel cancel;
  private boolean finished;
  private boolean cancelled;

  /** Breaks off the statement that runs, if one does. */
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

  /** Whether there was one: of what had not begun then, nothing was broken off. */
  synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Waits for a cancel under way; true if there was one. */
  synchronized boolean finish() {
    finished = true;
    return cancelled;
  }
}
