package dev.workflowsteps.server.text;

/**
 * Well-formed UTF-8: the table 3-7 of the Unicode Standard. Neither overlong forms nor surrogates
 * are.
 */
public final class Utf8 {

  /** Skips the character of two to four bytes whose first byte stands at {@code at}. */
  public static int skip(byte[] b, int at, int end) throws MalformedJsonException {
    int lead = b[at] & 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      throw malformed(at);
    }
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (end - at < length || !second(lead, b[at + 1] & 0xFF)) {
      throw malformed(at);
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((b[i] & 0xC0) != 0x80) {
        throw malformed(at);
      }
    }
    return at + length;
  }

  /** Whether a part of an array is well-formed. */
  public static boolean isWellFormed(byte[] b, int from, int end) {
    int at = from;
    try {
      while (at < end) {
        at = b[at] >= 0 ? at + 1 : skip(b, at, end);
      }
      return true;
    } catch (MalformedJsonException e) {
      return false;
    }
  }

  /** The number of bytes of a string without lone surrogates. */
  public static int length(String text) {
    int length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // Each half of a surrogate pair stands for two of its four bytes.
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return length;
  }

  private static boolean second(int lead, int second) {
    return switch (lead) {
      case 0xE0 -> second >= 0xA0 && second <= 0xBF;
      case 0xED -> second >= 0x80 && second <= 0x9F;
      case 0xF0 -> second >= 0x90 && second <= 0xBF;
      case 0xF4 -> second >= 0x80 && second <= 0x8F;
      default -> second >= 0x80 && second <= 0xBF;
    };
  }

  private static MalformedJsonException malformed(int at) {
    return new MalformedJsonException(at, "UTF-8");
  }

  private Utf8() {}
}
