package dev.workflowsteps.server.document;

/**
 * An import stopped. What was counted is durable, and running it again is safe. The cause is an
 * {@link java.io.IOException} if the input could not be read, a {@code StepsException} if the
 * storage could not be written.
 */
public final class ImportFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient ImportCounts counts;

  ImportFailedException(String message, ImportCounts counts, Exception cause) {
    super(message, cause);
    this.counts = counts;
  }

  /** What was done before. */
  public ImportCounts counts() {
    return counts;
  }
}
