package dev.workflowsteps.server.document;

import java.util.Optional;

/** An export that stopped before its end. The lines written before are whole. */
public final class ExportFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Optional<String> cursor;
  private final long written;

  /**
   * @param cursor of the last document of the last page that was written whole; empty if there is
   *     none
   * @param written the lines that the output has taken; parts of a page count too
   */
  ExportFailedException(String message, Optional<String> cursor, long written, Exception cause) {
    super(message, cause);
    this.cursor = cursor;
    this.written = written;
  }

  /** The number of lines written, or one more than that in part. */
  public long written() {
    return written;
  }

  /** Where to continue; empty = from the beginning. */
  public Optional<String> cursor() {
    return cursor;
  }
}
