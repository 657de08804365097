package dev.workflowsteps.adapter.json;

import com.google.protobuf.WireFormat;

/** What one value of a field is: how it stands on the wire and how it is printed. */
enum ValueKind {
  BOOL(WireFormat.WIRETYPE_VARINT, "false"),
  INT32(WireFormat.WIRETYPE_VARINT, "0"),
  UINT32(WireFormat.WIRETYPE_VARINT, "0"),
  SINT32(WireFormat.WIRETYPE_VARINT, "0"),
  /** Only inside of a timestamp, where it is not printed: ProtoJSON makes strings of these. */
  INT64(WireFormat.WIRETYPE_VARINT, "0"),
  STRING(WireFormat.WIRETYPE_LENGTH_DELIMITED, "\"\""),
  /** JSON text, printed as it is; empty is the same as absent. */
  RAW(WireFormat.WIRETYPE_LENGTH_DELIMITED, "null"),
  TIMESTAMP(WireFormat.WIRETYPE_LENGTH_DELIMITED, "null"),
  MESSAGE(WireFormat.WIRETYPE_LENGTH_DELIMITED, "null");

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
