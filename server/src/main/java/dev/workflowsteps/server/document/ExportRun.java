package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.StepsException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** One export under way: page after page, each flushed before the next is read. */
final class ExportRun {

  private static final int BUFFER_BYTES = 1 << 16;

  private final LineOutput lines;
  private final ExportListener listener;

  /**
   * Where an export stands.
   *
   * @param cursor of the last document of a page, or what the page was asked for with
   */
  record Place(Optional<String> cursor, boolean more) {}

  /** Reads and writes one page. */
  @FunctionalInterface
  interface PageWriter {

    /**
     * Writes the page.
     *
     * @param after the cursor behind which the page begins
     */
    Place write(Optional<String> after, LineOutput lines) throws IOException;
  }

  ExportRun(OutputStream out, ExportListener listener) {
    this.lines = new LineOutput(new BufferedOutputStream(out, BUFFER_BYTES));
    this.listener = listener;
  }

  /**
   * Writes all pages.
   *
   * @param documents what they are called
   */
  void run(String documents, Optional<String> after, PageWriter pages)
      throws ExportFailedException {
    Place place = new Place(after, true);
    while (place.more()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new ExportFailedException("interrupted", place.cursor(), null);
      }
      try {
        Place next = pages.write(place.cursor(), lines);
        lines.flush();
        place = next;
      } catch (IOException e) {
        throw new ExportFailedException(
            "the output can't be written (" + e.getMessage() + ")", place.cursor(), e);
      } catch (StepsException e) {
        throw new ExportFailedException(
            "the " + documents + " can't be read: " + e.getMessage(), place.cursor(), e);
      }
      listener.progress(lines.documents(), lines.bytes());
    }
  }
}
