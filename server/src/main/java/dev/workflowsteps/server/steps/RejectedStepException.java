package dev.workflowsteps.server.steps;

/** A message that no step can be made of. */
public final class RejectedStepException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  RejectedStepException(Rejection rejection) {
    super(rejection.sentence());
    this.rejection = rejection;
  }

  public Rejection rejection() {
    return rejection;
  }
}
