package dev.workflowsteps.server.document;

/**
 * Reads documents of one kind, one at a time. Safe for use by many threads.
 *
 * @param <D> what a document becomes
 */
@FunctionalInterface
public interface DocumentReader<D> {

  /**
   * What the bytes from {@code from} to {@code to} describe. The buffer may be used again
   * afterwards.
   *
   * @throws RejectedDocumentException at the first thing that is wrong
   */
  D read(byte[] buffer, int from, int to) throws RejectedDocumentException;
}
