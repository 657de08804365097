package dev.workflowsteps.server.steps;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What can still be read of the entries of a handle map. */
final class SalvagedHandles {

  /** The name of the handle that stands for those whose names are lost. */
  static final String NAMELESS = "unreadable";

  private final int field;
  private final byte[] bytes;
  private final List<HandleEntry> entries = new ArrayList<>();
  private boolean nameless;

  private SalvagedHandles(int field, byte[] bytes) {
    this.field = field;
    this.bytes = bytes;
  }

  /**
   * The entries in their order, up to the first that has no end: those that are whole as they are,
   * the others as corrupt. Names that are lost are told by one more.
   */
  static List<HandleEntry> of(int field, byte[] bytes) {
    SalvagedHandles salvaged = new SalvagedHandles(field, bytes);
    salvaged.entries();
    if (salvaged.nameless) {
      salvaged.add(NAMELESS);
    }
    return salvaged.entries;
  }

  private void entries() {
    int at = 0;
    while (at < bytes.length) {
      int end = Wire.afterDelimited(field, bytes, at, bytes.length);
      if (end == Wire.BROKEN) {
        cutOff(at);
        return;
      }
      entry(at, Wire.start(bytes, at, end), end);
      at = end;
    }
  }

  private void entry(int at, int start, int end) {
    if (!StoredForm.isHandle(bytes, start, end)) {
      lost(start, end);
      return;
    }
    try {
      entries.addAll(HandleEntries.parse(field, Arrays.copyOfRange(bytes, at, end)));
    } catch (InvalidProtocolBufferException e) {
      lost(start, end);
    }
  }

  /** An entry that is longer than what is left, or none at all. */
  private void cutOff(int at) {
    int start = Wire.start(bytes, at, bytes.length);
    if (start != Wire.BROKEN && Wire.isDelimited(field, bytes, at, bytes.length)) {
      lost(start, bytes.length);
    } else {
      nameless = true;
    }
  }

  private void lost(int start, int end) {
    int nameEnd = StoredForm.afterName(bytes, start, end);
    if (nameEnd == Wire.BROKEN) {
      nameless = true;
      return;
    }
    int nameStart = Wire.start(bytes, start, nameEnd);
    add(new String(bytes, nameStart, nameEnd - nameStart, StandardCharsets.UTF_8));
  }

  /** A name that a whole handle has too is not given twice. */
  private void add(String name) {
    if (entries.stream().noneMatch(entry -> entry.name().equals(name))) {
      entries.add(new HandleEntry(name, Handles.corrupt()));
    }
  }
}
