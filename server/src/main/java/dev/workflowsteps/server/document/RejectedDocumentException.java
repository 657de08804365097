package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;

/**
 * A line that is not a step in the public JSON form. The message is one sentence, for example
 * {@code loop_containers[0].iteration: 1.5 (expected: an integer)}. Carries no stack trace: it
 * tells of a document, not of the program.
 */
public final class RejectedDocumentException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  public RejectedDocumentException(Rejection rejection) {
    super(rejection.sentence(), null, false, false);
    this.rejection = rejection;
  }

  public Rejection rejection() {
    return rejection;
  }
}
