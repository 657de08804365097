package dev.workflowsteps.server.text;

/** Bytes that are not JSON. Carries no stack trace: it tells of a document, not of the program. */
public final class MalformedJsonException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String expected;

  /**
   * @param offset of the first byte that cannot stand where it stands, in the array that was read
   * @param expected what could stand there, for example {@code a comma or ]}
   */
  public MalformedJsonException(int offset, String expected) {
    super("malformed JSON at byte " + offset + " (expected: " + expected + ")", null, false, false);
    this.offset = offset;
    this.expected = expected;
  }

  public int offset() {
    return offset;
  }

  public String expected() {
    return expected;
  }
}
