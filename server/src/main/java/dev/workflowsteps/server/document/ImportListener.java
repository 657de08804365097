package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;

/** Receives the progress of an import, on the thread that runs it. */
public interface ImportListener {

  /** A line was rejected. Lines come in order, counted from 1, blank ones included. */
  void rejected(long line, Rejection rejection);

  /**
   * Another batch is durable.
   *
   * @param counts since the import began
   * @param bytes read since the import began, after unpacking
   */
  void progress(ImportCounts counts, long bytes);
}
