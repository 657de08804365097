package dev.workflowsteps.adapter.json;

import com.google.protobuf.WireFormat;

/**
 * Reads the primitives of the protobuf wire format, or throws. Stateless: a value and the position
 * behind it are asked for separately, for nearly every varint is a single byte.
 */
final class WireReader {

  /** The tag of field number 1 and wire type 0. Lesser ones are none. */
  static final int FIRST_TAG = 1 << 3;

  /** How deep messages and groups may be nested: as deep as protobuf's own parsers allow. */
  static final int MAX_DEPTH = 100;

  private static final int MAX_VARINT_BYTES = 10;

  /**
   * The varint that begins at {@code position}. Bits past the 64th are dropped, as protobuf does.
   */
  static long varint(byte[] wire, int position, int end) {
    if (position < end && wire[position] >= 0) {
      return wire[position];
    }
    return longVarint(wire, position, end);
  }

  private static long longVarint(byte[] wire, int position, int end) {
    int last = afterVarint(wire, position, end) - 1;
    long value = 0;
    for (int i = last; i >= position; i--) {
      value = (value << 7) | (wire[i] & 0x7f);
    }
    return value;
  }

  static int afterVarint(byte[] wire, int position, int end) {
    if (position < end && wire[position] >= 0) {
      return position + 1;
    }
    return afterLongVarint(wire, position, end);
  }

  private static int afterLongVarint(byte[] wire, int position, int end) {
    int limit = Math.min(end, position + MAX_VARINT_BYTES);
    for (int i = position; i < limit; i++) {
      if (wire[i] >= 0) {
        return i + 1;
      }
    }
    String problem = limit == end ? "a varint is cut off" : "a varint is over 10 bytes long";
    throw MalformedMessageException.at(position, problem);
  }

  /**
   * The tag at {@code position}: field number and wire type in one, as an unsigned 32-bit value.
   */
  static int tag(byte[] wire, int position, int end) {
    long tag = varint(wire, position, end);
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw MalformedMessageException.at(
          position, "field number " + (tag >>> 3) + " (expected: 1..536870911)");
    }
    return (int) tag;
  }

  /** The length at {@code position}, not past {@code end} when counted from behind itself. */
  static int length(byte[] wire, int position, int end) {
    long length = varint(wire, position, end);
    int left = end - afterVarint(wire, position, end);
    if (length < 0 || length > left) {
      throw MalformedMessageException.at(
          position, "length " + Long.toUnsignedString(length) + " (expected: 0.." + left + ")");
    }
    return (int) length;
  }

  /** Where the value of a field that is not wanted ends. */
  static int skip(byte[] wire, int tag, int position, int end) {
    return skip(wire, tag, position, end, 0);
  }

  private static int skip(byte[] wire, int tag, int position, int end, int depth) {
    return switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> afterVarint(wire, position, end);
      case WireFormat.WIRETYPE_FIXED64 -> fixed(position, 8, end);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
          afterVarint(wire, position, end) + length(wire, position, end);
      case WireFormat.WIRETYPE_START_GROUP -> skipGroup(wire, tag, position, end, depth);
      case WireFormat.WIRETYPE_FIXED32 -> fixed(position, 4, end);
      default ->
          throw MalformedMessageException.at(
              position, "wire type " + (tag & 7) + " (expected: 0, 1, 2, 3 or 5)");
    };
  }

  private static int fixed(int position, int size, int end) {
    if (end - position < size) {
      throw MalformedMessageException.at(position, "a value of " + size + " bytes is cut off");
    }
    return position + size;
  }

  private static int skipGroup(byte[] wire, int start, int position, int end, int depth) {
    requireDepth(depth, position);
    int next = position;
    while (true) {
      int tag = tag(wire, next, end);
      next = afterVarint(wire, next, end);
      if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_END_GROUP) {
        next = skip(wire, tag, next, end, depth + 1);
        continue;
      }
      if (tag >>> 3 != start >>> 3) {
        throw MalformedMessageException.at(
            next, "end of group " + (tag >>> 3) + " (expected: of " + (start >>> 3) + ")");
      }
      return next;
    }
  }

  static void requireDepth(int depth, int position) {
    if (depth >= MAX_DEPTH) {
      throw MalformedMessageException.at(
          position, "messages are nested over " + MAX_DEPTH + " deep");
    }
  }

  private WireReader() {}
}
