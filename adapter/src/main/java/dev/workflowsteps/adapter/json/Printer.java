package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Prints one message after the other, with one index. For one thread. */
final class Printer {

  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);

  private static final int SECONDS = 0;
  private static final int NANOS = 1;

  /** The slots of a map's entry. */
  private static final int KEY = 0;

  private static final int VALUE = 1;

  private final FieldIndex index = new FieldIndex();
  private byte[] wire;
  private JsonOutput out;

  /**
   * @param slot of the field whose value is printed, or {@link MessagePlan#NO_SLOT}: the message is
   */
  void print(MessagePlan plan, int slot, byte[] bytes, JsonOutput to) {
    wire = bytes;
    out = to;
    try {
      int frame = index.open(plan);
      index.scan(plan, frame, wire, 0, wire.length);
      if (slot == MessagePlan.NO_SLOT) {
        body(plan, frame, 0);
      } else if (isAbsent(plan.field(slot), index.first(frame, slot))) {
        out.put(plan.field(slot).absent());
      } else {
        field(plan.field(slot), index.first(frame, slot), 0);
      }
    } finally {
      index.reset();
      wire = null;
      out = null;
    }
  }

  /** The message that the occurrence and, if {@code merged}, those after it hold together. */
  private void message(MessagePlan plan, int occurrence, boolean merged, int depth) {
    int frame = open(plan, occurrence, merged, depth);
    body(plan, frame, depth);
    index.close(frame);
  }

  private int open(MessagePlan plan, int occurrence, boolean merged, int depth) {
    int frame = index.open(plan);
    for (int o = occurrence; o != 0; o = merged ? index.next(o) : 0) {
      WireReader.requireDepth(depth, index.start(o));
      index.scan(plan, frame, wire, index.start(o), index.end(o));
    }
    return frame;
  }

  private void body(MessagePlan plan, int frame, int depth) {
    if (plan.whole() >= 0) {
      raw(index.first(frame, plan.whole()));
      return;
    }
    out.put('{');
    int keyFrom = 1; // without the comma that the key begins with
    for (int slot = 0; slot < plan.size(); slot++) {
      FieldPlan field = plan.field(slot);
      int occurrence = index.first(frame, slot);
      boolean absent = isAbsent(field, occurrence);
      if (absent && !field.always()) {
        continue;
      }
      out.put(field.key(), keyFrom, field.key().length);
      keyFrom = 0;
      if (absent) {
        out.put(field.absent());
      } else {
        field(field, occurrence, depth);
      }
    }
    out.put('}');
  }

  private boolean isAbsent(FieldPlan field, int occurrence) {
    if (occurrence == 0) {
      return true;
    }
    if (field.shape() != FieldPlan.Shape.SINGULAR) {
      return false;
    }
    return switch (field.kind()) {
      case RAW -> index.start(occurrence) == index.end(occurrence);
      case MESSAGE, TIMESTAMP -> false;
      case STRING -> !field.hasPresence() && index.start(occurrence) == index.end(occurrence);
      case BOOL, INT64 -> !field.hasPresence() && varint(occurrence) == 0;
      case INT32, UINT32, SINT32 -> !field.hasPresence() && (int) varint(occurrence) == 0;
    };
  }

  private void field(FieldPlan field, int occurrence, int depth) {
    switch (field.shape()) {
      case SINGULAR -> value(field.kind(), field.message(), occurrence, true, depth);
      case REPEATED -> repeated(field, occurrence, depth);
      case MAP -> map(field, occurrence, depth);
    }
  }

  private void repeated(FieldPlan field, int first, int depth) {
    out.put('[');
    int start = out.length();
    for (int o = first; o != 0; o = index.next(o)) {
      if (field.isPacked(index.wireType(o))) {
        packed(field, o, start);
        continue;
      }
      comma(start);
      value(field.kind(), field.message(), o, false, depth);
    }
    out.put(']');
  }

  private void packed(FieldPlan field, int occurrence, int listStart) {
    int end = index.end(occurrence);
    int position = index.start(occurrence);
    while (position < end) {
      comma(listStart);
      scalar(field.kind(), WireReader.varint(wire, position, end));
      position = WireReader.afterVarint(wire, position, end);
    }
  }

  private void map(FieldPlan field, int first, int depth) {
    out.put('{');
    int start = out.length();
    for (int o = first; o != 0; o = index.next(o)) {
      comma(start);
      int entry = open(field.message(), o, false, depth + 1);
      entry(field.message(), entry, depth + 1);
      index.close(entry);
    }
    out.put('}');
  }

  private void entry(MessagePlan plan, int frame, int depth) {
    value(ValueKind.STRING, null, index.first(frame, KEY), true, depth);
    out.put(':');
    FieldPlan value = plan.field(VALUE);
    value(value.kind(), value.message(), index.first(frame, VALUE), true, depth);
  }

  private void comma(int listStart) {
    if (out.length() > listStart) {
      out.put(',');
    }
  }

  /** One value; an occurrence of 0, as in a map's entry, is the default value. */
  private void value(ValueKind kind, MessagePlan plan, int occurrence, boolean merged, int depth) {
    switch (kind) {
      case STRING -> string(occurrence);
      case RAW -> raw(occurrence);
      case MESSAGE -> message(plan, occurrence, merged, depth + 1);
      case TIMESTAMP -> timestamp(plan, occurrence, merged, depth + 1);
      default -> scalar(kind, occurrence == 0 ? 0 : varint(occurrence));
    }
  }

  private void scalar(ValueKind kind, long varint) {
    // As protobuf does: of a value that is too long for its type the low bits count.
    int low = (int) varint;
    switch (kind) {
      case BOOL -> out.put(varint != 0 ? TRUE : FALSE);
      case UINT32 -> out.putNumber(varint & 0xffff_ffffL);
      case SINT32 -> out.putNumber((low >>> 1) ^ -(low & 1));
      default -> out.putNumber(low);
    }
  }

  private void string(int occurrence) {
    if (occurrence == 0) {
      JsonText.print(wire, 0, 0, out);
    } else {
      JsonText.print(wire, index.start(occurrence), index.end(occurrence), out);
    }
  }

  private void raw(int occurrence) {
    if (occurrence == 0 || index.start(occurrence) == index.end(occurrence)) {
      out.put(NULL);
    } else {
      out.put(wire, index.start(occurrence), index.end(occurrence));
    }
  }

  private void timestamp(MessagePlan plan, int occurrence, boolean merged, int depth) {
    int frame = open(plan, occurrence, merged, depth);
    int seconds = index.first(frame, SECONDS);
    int nanos = index.first(frame, NANOS);
    TimestampText.print(
        seconds == 0 ? 0 : varint(seconds), nanos == 0 ? 0 : (int) varint(nanos), out);
    index.close(frame);
  }

  private long varint(int occurrence) {
    return WireReader.varint(wire, index.start(occurrence), index.end(occurrence));
  }
}
