package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A command's messages on stderr, and on a terminal a line that shows what the command is doing.
 * Each text of that line overwrites the one before; nothing of it is left at the end. It takes no
 * escape codes, only blanks.
 */
public final class ProgressLine implements ProgressListener, AutoCloseable {

  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** More than anybody reads; a file of another kind would otherwise be repeated line by line. */
  private static final int MAX_PROBLEMS = 100;

  private final PrintWriter err;
  private final boolean terminal;
  private long redrawAt = System.nanoTime();
  private String shown = "";
  private long problems;

  public ProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void begin(String text) {
    show(text + " ...");
  }

  /** Shows the progress, at most four times a second. */
  void update(Supplier<String> text) {
    if (terminal && System.nanoTime() - redrawAt >= 0) {
      redrawAt = System.nanoTime() + REDRAW_NANOS;
      show(text.get());
    }
  }

  /** Prints a line that stays; it replaces the progress. */
  void println(String line) {
    clear();
    err.println(line);
    err.flush();
  }

  /** Prints a problem with one document; only the first hundred are shown. */
  void problem(String line) {
    problems++;
    if (problems <= MAX_PROBLEMS) {
      println(line);
    }
  }

  long problems() {
    return problems;
  }

  /** Says how many problems were not shown, if any. */
  void endProblems() {
    if (problems > MAX_PROBLEMS) {
      println((problems - MAX_PROBLEMS) + " more are not shown");
    }
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
      err.print("\r" + " ".repeat(shown.length()) + "\r" + text);
      err.flush();
      shown = text;
    }
  }
}
