package dev.workflowsteps.server.document;

/** Receives the progress of an export. */
public interface ExportListener {

  /**
   * Something of a document could not be written as it is stored; the rest of it was.
   *
   * @param document for example {@code step s of run r}
   * @param what happened to it, and why
   */
  void altered(String document, String what);

  /**
   * Another page is written and flushed.
   *
   * @param documents written since the export began
   * @param bytes their size
   */
  void progress(long documents, long bytes);
}
