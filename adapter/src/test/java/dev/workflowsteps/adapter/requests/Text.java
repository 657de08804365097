package dev.workflowsteps.adapter.requests;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent-encoded text. */
final class Text {

  /**
   * What a part of a request line says, its bytes being characters; empty if that cannot be told.
   */
  static Optional<String> decoded(String raw, boolean plusIsSpace) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        String digits = raw.substring(i + 1, Math.min(raw.length(), i + 3));
        if (!digits.matches("[0-9A-Fa-f]{2}")) {
          return Optional.empty();
        }
        bytes.write(Integer.parseInt(digits, 16));
        i += 2;
      } else {
        bytes.write(plusIsSpace && raw.charAt(i) == '+' ? ' ' : raw.charAt(i));
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private Text() {}
}
