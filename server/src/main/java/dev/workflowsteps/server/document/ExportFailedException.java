package dev.workflowsteps.server.document;

import java.util.Optional;

/** An export that ended before its end. What was written before is whole. */
public final class ExportFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Optional<String> cursor;

  /**
   * @param cursor of the last document that is surely out; empty if there is none
   */
  ExportFailedException(String message, Optional<String> cursor, Exception cause) {
    super(message, cause);
    this.cursor = cursor;
  }

  /** Where to go on; empty = from the beginning. */
  public Optional<String> cursor() {
    return cursor;
  }
}
