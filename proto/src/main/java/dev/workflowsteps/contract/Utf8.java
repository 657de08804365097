package dev.workflowsteps.contract;

/**
 * Well-formed UTF-8 (Unicode, table 3-7): no overlong forms, no surrogates, nothing past U+10FFFF.
 */
public final class Utf8 {

  /** In place of a position: no character stands there. */
  public static final int ILL_FORMED = -1;

  /**
   * The position behind the character of two to four bytes that begins at {@code at}; {@link
   * #ILL_FORMED} if there is none.
   */
  public static int after(byte[] b, int at, int end) {
    int lead = b[at] & 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      return ILL_FORMED;
    }
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (end - at < length || !isSecond(lead, b[at + 1] & 0xFF)) {
      return ILL_FORMED;
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((b[i] & 0xC0) != 0x80) {
        return ILL_FORMED;
      }
    }
    return at + length;
  }

  /** Whether a part of an array is well-formed. */
  public static boolean isWellFormed(byte[] b, int from, int end) {
    int at = from;
    while (at >= 0 && at < end) {
      at = b[at] >= 0 ? at + 1 : after(b, at, end);
    }
    return at != ILL_FORMED;
  }

  private static boolean isSecond(int lead, int second) {
    return switch (lead) {
      case 0xE0 -> second >= 0xA0 && second <= 0xBF;
      case 0xED -> second >= 0x80 && second <= 0x9F;
      case 0xF0 -> second >= 0x90 && second <= 0xBF;
      case 0xF4 -> second >= 0x80 && second <= 0x8F;
      default -> second >= 0x80 && second <= 0xBF;
    };
  }

  private Utf8() {}
}
