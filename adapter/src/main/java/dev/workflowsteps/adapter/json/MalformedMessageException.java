package dev.workflowsteps.adapter.json;

/** The bytes are no message of the type they were given as. The text says where and why. */
public final class MalformedMessageException extends RuntimeException {

  MalformedMessageException(String message) {
    super(message);
  }

  static MalformedMessageException at(int position, String problem) {
    return new MalformedMessageException("byte " + position + " of the message: " + problem);
  }
}
