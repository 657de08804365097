package dev.workflowsteps.adapter.json;

/**
 * Well-formed UTF-8 (Unicode, table 3-7): no overlong forms, no surrogates, nothing past U+10FFFF.
 */
final class Utf8 {

  /**
   * The position behind the character of two to four bytes that begins at {@code from}.
   *
   * @throws MalformedMessageException if there is none
   */
  static int after(byte[] text, int from, int to) {
    int lead = text[from] & 0xff;
    int length = length(lead);
    if (length == 0 || to - from < length || !isSecond(lead, text[from + 1] & 0xff)) {
      throw malformed(from);
    }
    for (int i = from + 2; i < from + length; i++) {
      if (text[i] >= (byte) 0xc0) {
        throw malformed(from);
      }
    }
    return from + length;
  }

  private static int length(int lead) {
    if (lead < 0xc2 || lead > 0xf4) {
      return 0;
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  }

  private static boolean isSecond(int lead, int second) {
    return switch (lead) {
      case 0xe0 -> second >= 0xa0 && second <= 0xbf;
      case 0xed -> second >= 0x80 && second <= 0x9f;
      case 0xf0 -> second >= 0x90 && second <= 0xbf;
      case 0xf4 -> second >= 0x80 && second <= 0x8f;
      default -> second >= 0x80 && second <= 0xbf;
    };
  }

  private static MalformedMessageException malformed(int position) {
    return MalformedMessageException.at(position, "a string is not UTF-8");
  }

  private Utf8() {}
}
