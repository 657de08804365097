package dev.workflowsteps.adapter.json;

import com.google.protobuf.WireFormat;

/**
 * How one field of a message is printed.
 *
 * @param kind of a value; of an entry's value for a map
 * @param hasPresence whether a default value that stands on the wire is printed
 * @param always whether the key is printed also when the value is absent
 * @param message of a value that is a message or a timestamp; of the entries for a map; else null
 * @param key {@code ,"name":}
 * @param absent what stands for the value when it is absent
 */
record FieldPlan(
    String name,
    Shape shape,
    ValueKind kind,
    boolean hasPresence,
    boolean always,
    MessagePlan message,
    byte[] key,
    byte[] absent) {

  enum Shape {
    SINGULAR,
    REPEATED,
    /** With strings as keys. */
    MAP
  }

  /** Whether all occurrences count, one behind the other. */
  boolean accumulates() {
    return shape != Shape.SINGULAR || kind.merges();
  }

  boolean takes(int wireType) {
    return wireType == wireType() || isPacked(wireType);
  }

  /** Whether an occurrence of that wire type holds several scalars. */
  boolean isPacked(int wireType) {
    return wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED
        && shape == Shape.REPEATED
        && kind.wireType == WireFormat.WIRETYPE_VARINT;
  }

  int wireType() {
    return shape == Shape.MAP ? WireFormat.WIRETYPE_LENGTH_DELIMITED : kind.wireType;
  }
}
