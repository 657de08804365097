package dev.workflowsteps.server.document;

import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines. Fed with the bytes as they come, it is asked for the {@link
 * #next} line until there is none; a line that came in one piece is not copied.
 */
final class LineSplitter {

  /** A buffer that one long line made larger than this is not kept for the others. */
  private static final int KEPT_BYTES = 1 << 20;

  private final int maxLineBytes;

  private byte[] chunk = new byte[0];
  private int chunkAt;

  /** The beginning of a line whose end has not come. */
  private byte[] partial = new byte[0];

  private int partialLength;
  private boolean overflowed;

  private long number;
  private byte[] line;
  private int from;
  private int to;
  private boolean tooLong;

  /**
   * @param maxLineBytes of a longer line no more than this is kept, and in the end nothing
   */
  LineSplitter(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  /** Takes more of the stream. Every line of what came before must have been taken. */
  void feed(byte[] bytes) {
    chunk = bytes;
    chunkAt = 0;
  }

  /** Goes to the next whole line; false if its end has not come yet. */
  boolean next() {
    int begin = chunkAt;
    int newline = begin;
    while (newline < chunk.length && chunk[newline] != '\n') {
      newline++;
    }
    if (newline == chunk.length) {
      keep(begin, newline);
      chunkAt = newline;
      return false;
    }
    chunkAt = newline + 1;
    if (partialLength == 0 && !overflowed && newline - begin <= maxLineBytes) {
      return set(chunk, begin, newline);
    }
    keep(begin, newline);
    return setPartial();
  }

  /** Goes to the line that ends with the stream instead of a line break; false if there is none. */
  boolean last() {
    return (partialLength > 0 || overflowed) && setPartial();
  }

  /** The number of the line, counted from 1. */
  long number() {
    return number;
  }

  int maxLineBytes() {
    return maxLineBytes;
  }

  /** Whether the line was too long; then its bytes are gone. */
  boolean tooLong() {
    return tooLong;
  }

  /** Holds the line, from {@link #from} to {@link #to}, until the next call. */
  byte[] buffer() {
    return line;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  private void keep(int begin, int end) {
    int length = end - begin;
    if (overflowed || length > maxLineBytes - partialLength) {
      overflowed = true;
      partial = new byte[0];
      partialLength = 0;
      return;
    }
    int needed = partialLength + length;
    if (needed > partial.length) {
      int doubled = (int) Math.min(2L * partial.length, maxLineBytes);
      partial = Arrays.copyOf(partial, Math.max(needed, doubled));
    }
    System.arraycopy(chunk, begin, partial, partialLength, length);
    partialLength = needed;
  }

  private boolean setPartial() {
    set(partial, 0, partialLength);
    tooLong = overflowed;
    overflowed = false;
    partialLength = 0;
    if (partial.length > KEPT_BYTES) {
      partial = new byte[0];
    }
    return true;
  }

  private boolean set(byte[] buffer, int begin, int end) {
    number++;
    line = buffer;
    from = begin;
    to = end;
    tooLong = false;
    return true;
  }
}
