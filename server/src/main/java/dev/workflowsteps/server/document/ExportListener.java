package dev.workflowsteps.server.document;

/** Hears how an export goes. */
public interface ExportListener {

  /**
   * Something of a document could not be written as it is stored; the rest of it was.
   *
   * @param document for example {@code step s of run r}
   * @param what and why
   */
  void altered(String document, String what);

  /**
   * So many documents are out, and flushed.
   *
   * @param bytes that they took
   */
  void progress(long documents, long bytes);
}
