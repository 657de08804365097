package dev.workflowsteps.server.config;

/** A text that must not be printed: {@link #toString} hides it. */
public record Secret(String value) {

  /** What is shown in its place. */
  static final String HIDDEN = "********";

  @Override
  public String toString() {
    return HIDDEN;
  }
}
