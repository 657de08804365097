package dev.workflowsteps.contract;

/** How values are shown in error texts: on one line, printable, and never long. */
public final class Quote {

  /** More characters of a value are not shown. */
  public static final int MAX_LENGTH = 64;

  /** A text in quotes, cut to {@value #MAX_LENGTH} characters. */
  public static String text(String value) {
    return '"' + bare(value) + '"';
  }

  /** The same without quotes. Of what looks like a key only the beginning is shown. */
  public static String bare(String value) {
    return cut(KeyForm.masked(value));
  }

  /**
   * How a text begins, as it was given: at most {@value #MAX_LENGTH} characters, and of what looks
   * like a key only the beginning. For programs to read, not for sentences.
   */
  public static String beginning(String value) {
    String text = KeyForm.masked(value);
    return text.codePointCount(0, text.length()) <= MAX_LENGTH
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH));
  }

  private static String cut(String value) {
    StringBuilder shown = new StringBuilder();
    int length = 0;
    int i = 0;
    while (i < value.length() && length < MAX_LENGTH) {
      int c = value.codePointAt(i);
      append(shown, c);
      i += Character.charCount(c);
      // Each escape counts, so that a message stays bounded.
      length += printable(c) ? 1 : Character.charCount(c);
    }
    return i < value.length() ? shown.append('…').toString() : shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    if (c == '"' || c == '\\') {
      shown.append('\\').append((char) c);
    } else if (printable(c)) {
      shown.appendCodePoint(c);
    } else {
      for (char unit : Character.toChars(c)) {
        shown.append(String.format("\\u%04x", (int) unit));
      }
    }
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private Quote() {}
}
