package dev.workflowsteps.adapter.json;

/** What one value of a field is: how it stands on the wire and how it is printed. */
enum ValueKind {
  BOOL(Wire.VARINT, "false"),
  INT32(Wire.VARINT, "0"),
  UINT32(Wire.VARINT, "0"),
  SINT32(Wire.VARINT, "0"),
  /** Only inside of a timestamp, where it is not printed: ProtoJSON makes strings of these. */
  INT64(Wire.VARINT, "0"),
  STRING(Wire.LENGTH, "\"\""),
  /** JSON text, printed as it is; empty is the same as absent. */
  RAW(Wire.LENGTH, "null"),
  TIMESTAMP(Wire.LENGTH, "null"),
  MESSAGE(Wire.LENGTH, "null");

  final int wireType;

  /** What a value that is absent is printed as, if it must be printed. */
  final String absent;

  ValueKind(int wireType, String absent) {
    this.wireType = wireType;
    this.absent = absent;
  }

  /** Whether occurrences of a singular field add up instead of the last one counting alone. */
  boolean merges() {
    return this == MESSAGE || this == TIMESTAMP;
  }
}
