package dev.workflowsteps.server.config;

/** Is told what a slow start is busy with, so that a person at a terminal can be shown. */
@FunctionalInterface
public interface ProgressListener {

  /** Says nothing. */
  ProgressListener NONE = text -> {};

  /**
   * A phase begins, for example {@code unpacking PostgreSQL 18.6}. It ends when the next begins.
   */
  void begin(String text);
}
