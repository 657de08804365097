package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.StepsException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** One export: page after page, each flushed before the next is read. */
final class ExportRun {

  private static final int BUFFER_BYTES = 1 << 16;

  private final TakenLines taken;
  private final LineOutput lines;
  private final ExportListener listener;

  /**
   * How far an export got.
   *
   * @param cursor of the last document of a page, or the one that the page began after
   */
  record Place(Optional<String> cursor, boolean more) {}

  /** Reads and writes one page. */
  @FunctionalInterface
  interface PageWriter {

    /**
     * Writes the page.
     *
     * @param after the cursor after which the page begins
     */
    Place write(Optional<String> after, LineOutput lines) throws IOException;
  }

  ExportRun(OutputStream out, ExportListener listener) {
    this.taken = new TakenLines(out);
    this.lines = new LineOutput(new BufferedOutputStream(taken, BUFFER_BYTES));
    this.listener = listener;
  }

  /**
   * Writes all pages.
   *
   * @param documents their name in messages
   */
  void run(String documents, Optional<String> after, PageWriter pages)
      throws ExportFailedException {
    Place place = new Place(after, true);
    while (place.more()) {
      if (Thread.currentThread().isInterrupted()) {
        throw failed("interrupted", place, null);
      }
      try {
        Place next = pages.write(place.cursor(), lines);
        lines.flush();
        place = next;
      } catch (IOException e) {
        throw failed("the output can't be written (" + e.getMessage() + ")", place, e);
      } catch (StepsException e) {
        throw failed("the " + documents + " can't be read: " + e.getMessage(), place, e);
      }
      listener.progress(lines.documents(), lines.bytes());
    }
  }

  private ExportFailedException failed(String message, Place place, Exception cause) {
    return new ExportFailedException(message, place.cursor(), taken.lines, cause);
  }

  /** Counts the lines that the output has taken, which is behind a buffer. */
  private static final class TakenLines extends FilterOutputStream {

    private long lines;

    TakenLines(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] b, int from, int length) throws IOException {
      out.write(b, from, length);
      for (int i = from; i < from + length; i++) {
        if (b[i] == '\n') {
          lines++;
        }
      }
    }
  }
}
