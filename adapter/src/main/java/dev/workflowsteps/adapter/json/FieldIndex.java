package dev.workflowsteps.adapter.json;

import com.google.protobuf.WireFormat;
import java.util.Arrays;

/**
 * Where the fields of the messages that are just being printed stand on the wire: a stack of ints,
 * used again for every message. For one thread.
 *
 * <p>An open message has a frame of two cells per slot, the addresses of the field's first and last
 * occurrence, 0 for none. An occurrence has four cells: where its value starts and ends, the
 * address of the next occurrence, and its wire type. Occurrences lie behind a frame, so that none
 * has the address 0.
 */
final class FieldIndex {

  private static final int START = 0;
  private static final int END = 1;
  private static final int NEXT = 2;
  private static final int WIRE_TYPE = 3;
  private static final int OCCURRENCE_CELLS = 4;

  private static final int INITIAL_CELLS = 4_096;

  /** A stack that one large message let grow past this is dropped after it: 1 MiB. */
  private static final int MAX_KEPT_CELLS = 1 << 18;

  private int[] cells = new int[INITIAL_CELLS];
  private int top;

  /** A new frame, on top of everything. */
  int open(MessagePlan plan) {
    return reserve(2 * Math.max(1, plan.size()));
  }

  /** {@code count} cells of 0, on top of everything. */
  int reserve(int count) {
    int address = top;
    ensure(count);
    Arrays.fill(cells, address, address + count, 0);
    top = address + count;
    return address;
  }

  /** Forgets the frame and everything that came after it. */
  void close(int address) {
    top = address;
  }

  void reset() {
    top = 0;
    if (cells.length > MAX_KEPT_CELLS) {
      cells = new int[INITIAL_CELLS];
    }
  }

  int first(int frame, int slot) {
    return cells[frame + 2 * slot];
  }

  int start(int occurrence) {
    return cells[occurrence + START];
  }

  int end(int occurrence) {
    return cells[occurrence + END];
  }

  int next(int occurrence) {
    return cells[occurrence + NEXT];
  }

  int wireType(int occurrence) {
    return cells[occurrence + WIRE_TYPE];
  }

  /**
   * Adds the fields between {@code from} and {@code to} to the frame. Scanning several ranges into
   * one frame merges them.
   */
  void scan(MessagePlan plan, int frame, byte[] wire, int from, int to) {
    int position = from;
    int slot = 0;
    while (position < to) {
      int tag = wire[position];
      if (tag >= WireReader.FIRST_TAG) {
        position++;
      } else {
        tag = WireReader.tag(wire, position, to);
        position = WireReader.afterVarint(wire, position, to);
      }
      int found = plan.slot(tag >>> 3, slot);
      if (found < 0) {
        position = WireReader.skip(wire, tag, position, to);
        continue;
      }
      slot = found;
      FieldPlan field = plan.field(slot);
      int wireType = tag & 7;
      if (!field.takes(wireType)) {
        throw wrongType(plan, field, wireType, position);
      }
      int start = position;
      if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int length = WireReader.length(wire, position, to);
        start = WireReader.afterVarint(wire, position, to);
        position = start + length;
      } else {
        position = WireReader.afterVarint(wire, position, to);
      }
      if (position > start || !field.isPacked(wireType)) { // an empty packed list is no occurrence
        record(field, frame + 2 * slot, start, position, wireType);
      }
    }
  }

  private static MalformedMessageException wrongType(
      MessagePlan plan, FieldPlan field, int wireType, int position) {
    String name = plan.name + "." + field.name();
    return MalformedMessageException.at(
        position,
        "field " + name + " has wire type " + wireType + " (expected: " + field.wireType() + ")");
  }

  private void record(FieldPlan field, int slotAddress, int start, int end, int wireType) {
    int last = cells[slotAddress + 1];
    int occurrence = last;
    if (last == 0 || field.accumulates()) {
      occurrence = top;
      ensure(OCCURRENCE_CELLS);
      top += OCCURRENCE_CELLS;
      cells[slotAddress + 1] = occurrence;
      cells[last == 0 ? slotAddress : last + NEXT] = occurrence;
    }
    cells[occurrence + START] = start;
    cells[occurrence + END] = end;
    cells[occurrence + NEXT] = 0;
    cells[occurrence + WIRE_TYPE] = wireType;
  }

  private void ensure(int count) {
    if (cells.length - top < count) {
      cells = Arrays.copyOf(cells, Math.max(2 * cells.length, Math.addExact(top, count)));
    }
  }
}
