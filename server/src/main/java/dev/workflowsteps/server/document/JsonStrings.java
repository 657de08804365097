package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;
import java.nio.charset.StandardCharsets;

/** What JSON strings say. */
final class JsonStrings {

  /**
   * The text of a string.
   *
   * @param from behind the opening quote
   * @param to at the closing quote; the string between was found well-formed, surrogates included
   */
  static String decode(byte[] b, int from, int to) {
    int escape = indexOfEscape(b, from, to);
    if (escape == to) {
      return utf8(b, from, to);
    }
    StringBuilder text = new StringBuilder(to - from);
    int at = from;
    while (escape < to) {
      text.append(utf8(b, at, escape)).append(unescaped(b, escape));
      at = escape + (b[escape + 1] == 'u' ? 6 : 2);
      escape = indexOfEscape(b, at, to);
    }
    return text.append(utf8(b, at, to)).toString();
  }

  /** Writes the text of such a string as a field. */
  static void write(byte[] b, int from, int to, int field, WireBuffer out) {
    if (indexOfEscape(b, from, to) == to) {
      out.bytes(field, b, from, to);
      return;
    }
    byte[] text = decode(b, from, to).getBytes(StandardCharsets.UTF_8);
    out.bytes(field, text, 0, text.length);
  }

  /** How a well-formed value of any type is shown in an error text. */
  static String shown(byte[] b, int from, int to) {
    return switch (b[from]) {
      case '{' -> "{…}";
      case '[' -> "[…]";
      case '"' -> Quote.text(decode(b, from + 1, to - 1));
      default -> Quote.bare(decode(b, from, to));
    };
  }

  private static int indexOfEscape(byte[] b, int from, int to) {
    int i = from;
    while (i < to && b[i] != '\\') {
      i++;
    }
    return i;
  }

  private static char unescaped(byte[] b, int at) {
    return switch (b[at + 1]) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) Integer.parseInt(utf8(b, at + 2, at + 6), 16);
      default -> (char) b[at + 1];
    };
  }

  private static String utf8(byte[] b, int from, int to) {
    return new String(b, from, to - from, StandardCharsets.UTF_8);
  }

  private JsonStrings() {}
}
