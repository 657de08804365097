package dev.workflowsteps.server.auth;

/**
 * A change to the keys that isn't possible. The message is one sentence for a person, with the
 * remedy.
 */
public final class KeyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeyException(String message) {
    super(message);
  }
}
