package dev.workflowsteps.server.text;

/**
 * Texts as strings of JSON, in printable ASCII, so that no line is forged and no screen confused.
 */
public final class JsonString {

  private static final int BITS_PER_DIGIT = 4;

  /** Appends a text as a string, its quotes included. */
  public static void append(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c <= '~') {
        out.append(c);
      } else {
        out.append("\\u");
        for (int shift = Character.SIZE - BITS_PER_DIGIT; shift >= 0; shift -= BITS_PER_DIGIT) {
          out.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      }
    }
    out.append('"');
  }

  private JsonString() {}
}
