package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.PrintWriter;

/**
 * Shows the current phase on one line of a terminal, and leaves nothing behind. Silent anywhere
 * else.
 */
public final class ProgressLine implements ProgressListener, AutoCloseable {

  private final PrintWriter words;
  private final boolean terminal;

  public ProgressLine(PrintWriter words, boolean terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void begin(String text) {
    show(Terminal.CLEAR_LINE + text + " ...");
  }

  /** The last phase is over; whatever is printed next starts on a clean line. */
  @Override
  public void close() {
    show(Terminal.CLEAR_LINE);
  }

  private void show(String text) {
    if (terminal) {
      words.print(text);
      words.flush();
    }
  }
}
