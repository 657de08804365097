package dev.workflowsteps.adapter.http;

import com.google.common.base.CharMatcher;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Percent-encoded text, read strictly: whatever is not encoded UTF-8 is refused, and nothing is
 * ever replaced.
 */
public final class PercentText {

  /** Text of these alone stands for itself, as most does. */
  private static final CharMatcher PLAIN = CharMatcher.ascii().and(CharMatcher.noneOf("%+"));

  /** A part of a path; a plus is a plus. */
  public static String path(String raw) throws MalformedTextException {
    return decode(raw, false);
  }

  /** A name or a value of a query; a plus is a space. */
  public static String query(String raw) throws MalformedTextException {
    return decode(raw, true);
  }

  private static String decode(String raw, boolean plusIsSpace) throws MalformedTextException {
    if (PLAIN.matchesAllOf(raw)) {
      return raw;
    }
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
    int end = percent + 3;
    if (end > raw.length()
        || !HexFormat.isHexDigit(raw.charAt(percent + 1))
        || !HexFormat.isHexDigit(raw.charAt(percent + 2))) {
      throw new MalformedTextException("a % without two hexadecimal digits behind it");
    }
    return HexFormat.fromHexDigits(raw, percent + 1, end);
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
