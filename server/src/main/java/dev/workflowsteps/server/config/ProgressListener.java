package dev.workflowsteps.server.config;

/** Shows a person at a terminal what a slow start is doing. */
@FunctionalInterface
public interface ProgressListener {

  /** Shows nothing. */
  ProgressListener NONE = text -> {};

  /**
   * A phase begins, for example {@code unpacking PostgreSQL 18.6}. It ends when the next begins.
   */
  void begin(String text);
}
