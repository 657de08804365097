package dev.workflowsteps.server.document;

/** Which of an object's {@link Keys} have come. */
final class SeenKeys {

  private long bits;

  /** False if it had come before. */
  boolean add(int key) {
    long before = bits;
    bits |= 1L << key;
    return bits != before;
  }
}
