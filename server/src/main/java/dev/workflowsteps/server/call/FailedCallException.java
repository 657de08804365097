package dev.workflowsteps.server.call;

import java.util.Optional;

/**
 * Why a question could not be answered. The edge turns the reason into the error of the same name.
 */
public final class FailedCallException extends RuntimeException {

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
    /** The storage has logged the remedy. */
    NOT_MIGRATED,
    NO_MEMORY,
    DEADLINE_EXCEEDED,
    CANCELLED
  }

  /** A field of the question, and what it was given. */
  public record Given(String field, String value) {}

  private final Reason reason;
  private final transient Optional<Given> about;

  /**
   * @param message for the caller if the reason is about the request; for the log only if it is
   *     about the storage
   */
  public FailedCallException(Reason reason, String message) {
    this(reason, message, (Throwable) null);
  }

  public FailedCallException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.about = Optional.empty();
  }

  /**
   * @param message for the caller
   * @param about what can't be answered
   */
  public FailedCallException(Reason reason, String message, Given about) {
    super(message);
    this.reason = reason;
    this.about = Optional.of(about);
  }

  public Reason reason() {
    return reason;
  }

  /** What of the question can't be answered, where that is one field. */
  public Optional<Given> about() {
    return about;
  }
}
