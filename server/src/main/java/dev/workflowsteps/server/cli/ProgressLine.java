package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One line of a terminal that shows what a command is doing and how far it is. Each text overwrites
 * the one before, and nothing is left at the end. Prints nothing where stderr is no terminal.
 */
public final class ProgressLine implements ProgressListener, AutoCloseable {

  /** Goes to the beginning of the line and erases it. */
  private static final String CLEAR = "\r\u001b[K";

  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final PrintWriter err;
  private final boolean terminal;
  private long redrawAt = System.nanoTime();

  public ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void begin(String text) {
    show(text + " ...");
  }

  /** Shows how far a command is, at most four times a second. */
  void update(Supplier<String> text) {
    if (terminal && System.nanoTime() - redrawAt >= 0) {
      redrawAt = System.nanoTime() + REDRAW_NANOS;
      show(text.get());
    }
  }

  /** Prints a line that stays, in place of the progress. */
  void println(String line) {
    clear();
    err.println(line);
    err.flush();
  }

  /** Erases the progress; whatever is printed next starts on a clean line. */
  void clear() {
    show("");
  }

  @Override
  public void close() {
    clear();
  }

  private void show(String text) {
    if (terminal) {
      err.print(CLEAR + text);
      err.flush();
    }
  }
}
