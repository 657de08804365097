package dev.workflowsteps.adapter.json;

import dev.workflowsteps.contract.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Prints UTF-8 as a JSON string: escaped where JSON demands it, else as it is. */
final class JsonText {

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  /**
   * @throws MalformedMessageException if the bytes are not UTF-8
   */
  static void print(byte[] text, int from, int to, JsonOutput out) {
    out.ensure(to - from + 2);
    out.array[out.position++] = '"';
    int next = copyPlain(text, from, to, out);
    while (next < to) {
      next = text[next] < 0 ? copyCharacter(text, next, to, out) : escape(text, next, out);
      out.ensure(to - next + 1);
      next = copyPlain(text, next, to, out);
    }
    out.array[out.position++] = '"';
  }

  /** Copies up to the first byte that is not an ASCII character printed as it is. */
  private static int copyPlain(byte[] text, int from, int to, JsonOutput out) {
    byte[] array = out.array;
    int position = out.position;
    int i = from;
    while (i <= to - Long.BYTES) {
      long eight = (long) EIGHT.get(text, i);
      if (!isPlain(eight)) {
        break;
      }
      EIGHT.set(array, position, eight);
      i += Long.BYTES;
      position += Long.BYTES;
    }
    while (i < to && isPlain(text[i])) {
      array[position++] = text[i++];
    }
    out.position = position;
    return i;
  }

  private static int copyCharacter(byte[] text, int from, int to, JsonOutput out) {
    int after = Utf8.after(text, from, to);
    if (after == Utf8.ILL_FORMED) {
      throw MalformedMessageException.at(from, "a string is not UTF-8");
    }
    out.put(text, from, after);
    return after;
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  /** Whether all eight bytes are plain, by subtractions that borrow into the high bit. */
  private static boolean isPlain(long eight) {
    long quote = eight ^ ('"' * ONES);
    long backslash = eight ^ ('\\' * ONES);
    long odd = eight | (eight - ' ' * ONES) | (quote - ONES) | (backslash - ONES);
    return (odd & HIGH_BITS) == 0;
  }

  private static int escape(byte[] text, int at, JsonOutput out) {
    byte b = text[at];
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
    return at + 1;
  }

  private JsonText() {}
}
