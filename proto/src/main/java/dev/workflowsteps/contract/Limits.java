package dev.workflowsteps.contract;

/** Sizes of messages, in bytes. */
public final class Limits {

  /** The most that a request message may have. */
  public static final int MAX_REQUEST_BYTES = 16 << 20;

  /** The most that the encoding of a single step may have in an answer, payloads included. */
  public static final int MAX_STEP_BYTES = 64 << 20;

  /** The longest response: one step, and the message around it. */
  public static final int MAX_RESPONSE_BYTES = MAX_STEP_BYTES + (4 << 20);

  private Limits() {}
}
