package dev.workflowsteps.server.steps;

/**
 * Why a question could not be answered. The edge turns the reason into the error of the same name.
 */
public final class StepsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure the domain knows. */
  public enum Reason {
    CURSOR_NOT_FOUND,
    CURSOR_AMBIGUOUS,
    CURSOR_FILTER_MISMATCH,
    STEP_NOT_FOUND,
    STEP_AMBIGUOUS,
    ARTIFACT_NOT_FOUND,
    ORGANIZATION_GONE,
    ORGANIZATION_IN_USE,
    UNAVAILABLE,
    DEADLINE_EXCEEDED,
    CANCELLED
  }

  private final Reason reason;

  /**
   * @param message for the caller if the reason is about the request; for the log only if it is
   *     about the storage
   */
  public StepsException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public StepsException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
