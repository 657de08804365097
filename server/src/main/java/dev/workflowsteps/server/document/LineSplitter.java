package dev.workflowsteps.server.document;

import java.util.Arrays;

/**
 * Splits a stream of bytes into lines. {@link #feed} it the bytes as they arrive, then call {@link
 * #next} until it returns false. A line that arrived in one piece is not copied.
 */
final class LineSplitter {

  /** A buffer that a long line made larger than this is not kept. */
  private static final int KEPT_BYTES = 1 << 20;

  private final int maxLineBytes;

  private byte[] chunk = new byte[0];
  private int chunkAt;

  /** The beginning of a line whose end has not arrived. */
  private byte[] partial = new byte[0];

  private int partialLength;
  private boolean overflowed;

  private long number;
  private byte[] line;
  private int from;
  private int to;
  private boolean tooLong;

  /**
   * @param maxLineBytes a longer line is dropped; see {@link #tooLong}
   */
  LineSplitter(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  /** Takes more of the stream, once {@link #next} has returned false. */
  void feed(byte[] bytes) {
    chunk = bytes;
    chunkAt = 0;
  }

  /** Moves to the next whole line; false if its end has not arrived yet. */
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

  /** Moves to a last line without a line break; false if there is none. */
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

  /** Whether the line was too long; its bytes are not kept. */
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
