package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;

/** Is told how an import goes, by the thread that runs it. */
public interface ImportListener {

  /** A line was not acceptable. Lines are told in their order, counted from 1, blank ones too. */
  void rejected(long line, Rejection rejection);

  /**
   * Some more is dealt with and durable: so much since the import began, in bytes as they are
   * unpacked.
   */
  void progress(ImportCounts counts, long bytes);
}
