package dev.workflowsteps.server.embedded;

import java.io.InterruptedIOException;

/** Waiting between two looks at something that another process does. */
final class Pause {

  private Pause() {}

  static void millis(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting");
    }
  }
}
