package dev.workflowsteps.adapter.http;

/** A path or a query that cannot be read. The message says what is in it. */
public final class MalformedTextException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedTextException(String message) {
    super(message);
  }
}
