package dev.workflowsteps.adapter.json;

import com.google.protobuf.WireFormat;

/** How one field of a message is printed. */
final class FieldPlan {

  enum Shape {
    SINGULAR,
    REPEATED,
    /** With strings as keys. */
    MAP
  }

  final String name;
  final Shape shape;

  /** Of a value; of an entry's value for a map. */
  final ValueKind kind;

  /** Whether a default value that stands on the wire is printed. */
  final boolean hasPresence;

  /** Whether the key is printed also when the value is absent. */
  final boolean always;

  /** Of a value that is a message or a timestamp; of the entries for a map; else null. */
  final MessagePlan message;

  /** {@code ,"name":} */
  final byte[] key;

  /** What stands for the value when it is absent. */
  final byte[] absent;

  FieldPlan(
      String name,
      Shape shape,
      ValueKind kind,
      boolean hasPresence,
      boolean always,
      MessagePlan message,
      byte[] key,
      byte[] absent) {
    this.name = name;
    this.shape = shape;
    this.kind = kind;
    this.hasPresence = hasPresence;
    this.always = always;
    this.message = message;
    this.key = key;
    this.absent = absent;
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
