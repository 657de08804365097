package dev.workflowsteps.server.encoding;

import com.google.protobuf.WireFormat;

/**
 * The primitives of the protobuf wire format, for bytes that may be anything. Stateless, so that a
 * scan allocates nothing: a value and the position behind it are asked for separately.
 */
final class Wire {

  /** In place of a position: what should stand there does not. */
  static final int BROKEN = -1;

  private static final int MOST_VARINT_BYTES = 10;

  /** Where the varint that begins at {@code at} ends. */
  static int afterVarint(byte[] bytes, int at, int end) {
    int limit = Math.min(end, at + MOST_VARINT_BYTES);
    for (int i = at; i < limit; i++) {
      if (bytes[i] >= 0) {
        return i + 1;
      }
    }
    return BROKEN;
  }

  /** The varint between two positions. */
  static long varint(byte[] bytes, int at, int after) {
    long value = 0;
    for (int i = after - 1; i >= at; i--) {
      value = (value << 7) | (bytes[i] & 0x7F);
    }
    return value;
  }

  /** Where the bytes end whose length stands at {@code at}. */
  static int afterBytes(byte[] bytes, int at, int end) {
    int start = afterVarint(bytes, at, end);
    if (start == BROKEN) {
      return BROKEN;
    }
    long length = varint(bytes, at, start);
    return length < 0 || length > end - start ? BROKEN : start + (int) length;
  }

  /**
   * Where the value of a field with a length ends, whose tag stands at {@code at}.
   *
   * @param field at most 15
   */
  static int afterDelimited(int field, byte[] bytes, int at, int end) {
    boolean there = at < end && bytes[at] == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return there ? afterBytes(bytes, at + 1, end) : BROKEN;
  }

  /** Where the value of such a field begins. */
  static int start(byte[] bytes, int at, int end) {
    return afterVarint(bytes, at + 1, end);
  }

  private Wire() {}
}
