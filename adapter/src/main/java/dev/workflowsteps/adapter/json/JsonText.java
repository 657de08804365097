package dev.workflowsteps.adapter.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Prints UTF-8 as a JSON string: escaped where JSON demands it, else as it is. */
final class JsonText {

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x80 * ONES;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  /**
   * @throws MalformedMessageException if the bytes are not UTF-8
   */
  static void print(byte[] text, int from, int to, JsonOutput out) {
    out.ensure(to - from + 2);
    out.put('"');
    int printed = from;
    int next = plainEnd(text, from, to);
    while (next < to) {
      if (text[next] < 0) {
        next = Utf8.after(text, next, to);
      } else {
        out.put(text, printed, next);
        escape(text[next], out);
        printed = ++next;
      }
      next = plainEnd(text, next, to);
    }
    out.put(text, printed, to);
    out.put('"');
  }

  /** The first position that does not hold an ASCII character printed as it is. */
  private static int plainEnd(byte[] text, int from, int to) {
    int i = from;
    while (i <= to - Long.BYTES && isPlain((long) EIGHT.get(text, i))) {
      i += Long.BYTES;
    }
    while (i < to && isPlain(text[i])) {
      i++;
    }
    return i;
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  /** Whether all eight bytes are plain, by subtractions that borrow into the high bit. */
  private static boolean isPlain(long eight) {
    long quote = eight ^ '"' * ONES;
    long backslash = eight ^ '\\' * ONES;
    long odd = eight | eight - ' ' * ONES | quote - ONES | backslash - ONES;
    return (odd & HIGH_BITS) == 0;
  }

  private static void escape(byte b, JsonOutput out) {
    out.put('\\');
    switch (b) {
      case '"', '\\' -> out.put(b);
      case '\b' -> out.put('b');
      case '\f' -> out.put('f');
      case '\n' -> out.put('n');
      case '\r' -> out.put('r');
      case '\t' -> out.put('t');
      default -> {
        out.put('u');
        out.put('0');
        out.put('0');
        out.put(HEX[b >> 4]);
        out.put(HEX[b & 0xf]);
      }
    }
  }

  private JsonText() {}
}
