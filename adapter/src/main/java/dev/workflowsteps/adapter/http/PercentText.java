package dev.workflowsteps.adapter.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Percent-encoded text, read strictly: whatever is not encoded UTF-8 is refused, and nothing is
 * ever replaced.
 */
public final class PercentText {

  /** A part of a path; a plus is a plus. */
  public static String path(String raw) throws MalformedTextException {
    return decode(raw, false);
  }

  /** A name or a value of a query; a plus is a space. */
  public static String query(String raw) throws MalformedTextException {
    return decode(raw, true);
  }

  private static String decode(String raw, boolean plusIsSpace) throws MalformedTextException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes.write(escaped(raw, i));
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        bytes.write(' ');
      } else if (c > 0xff) {
        throw new MalformedTextException("a character that is neither ASCII nor percent-encoded");
      } else {
        // HTTP hands over bytes above 0x7f one by one, as characters.
        bytes.write(c);
      }
    }
    return utf8(bytes.toByteArray());
  }

  private static int escaped(String raw, int percent) throws MalformedTextException {
    if (percent + 2 >= raw.length()) {
      throw new MalformedTextException("a % without two hexadecimal digits behind it");
    }
    int high = Character.digit(raw.charAt(percent + 1), 16);
    int low = Character.digit(raw.charAt(percent + 2), 16);
    if (high < 0 || low < 0 || raw.charAt(percent + 1) > 'f' || raw.charAt(percent + 2) > 'f') {
      throw new MalformedTextException("a % without two hexadecimal digits behind it");
    }
    return 16 * high + low;
  }

  private static String utf8(byte[] bytes) throws MalformedTextException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedTextException("bytes that are no UTF-8");
    }
  }

  private PercentText() {}
}
