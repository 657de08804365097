package dev.workflowsteps.server.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows on one line of a terminal how far an input is read, and leaves nothing behind. */
final class ImportProgress implements AutoCloseable {

  private static final int WIDTH = 79;
  private static final int UPDATE_MILLIS = 250;
  private static final long MEGABYTE = 1_000_000;

  private final Line line;
  private final ProgressBar bar;

  /**
   * @param size in bytes, if it is known
   */
  ImportProgress(PrintWriter words, String name, OptionalLong size) {
    line = new Line(words);
    bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(size.orElse(-1))
            .setUnit(" MB", MEGABYTE)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(line)
            .build();
  }

  void update(long bytes, long lines) {
    bar.stepTo(bytes);
    bar.setExtraMessage(String.format(Locale.ROOT, " %,d lines", lines));
  }

  @Override
  public void close() {
    bar.close();
    // The library closes it on its own thread, and not always before it comes back.
    line.close();
  }

  /**
   * Draws on a terminal's current line. The library's own asks the terminal for its width, by
   * native code. The library may still be drawing on another thread while it closes: what comes
   * late is not shown.
   */
  private static final class Line implements ProgressBarConsumer {

    private final PrintWriter words;
    private boolean closed;

    Line(PrintWriter words) {
      this.words = words;
    }

    @Override
    public int getMaxRenderedLength() {
      return WIDTH;
    }

    @Override
    public synchronized void accept(String bar) {
      if (!closed) {
        show(Terminal.CLEAR_LINE + bar);
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        show(Terminal.CLEAR_LINE);
      }
    }

    private void show(String text) {
      words.print(text);
      words.flush();
    }
  }
}
