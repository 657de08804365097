package dev.workflowsteps.server.text;

import dev.workflowsteps.contract.Utf8;

/**
 * Tells JSON text from other bytes, and finds where a value ends, without building anything: one
 * pass, no allocation.
 *
 * <p>What passes is RFC 8259 in well-formed UTF-8, arrays and objects at most {@value #MAX_DEPTH}
 * deep, and every surrogate escape one of a pair, for a reader must be able to make a string of it.
 * {@code \u0000}, duplicate names and numbers of any length pass: the bytes are kept as they are
 * and nobody here computes with them.
 *
 * <p>The methods that skip take a region of an array and give the offset behind what they skipped.
 */
public final class JsonText {

  /** How deep arrays and objects may stand in each other. */
  public static final int MAX_DEPTH = 100;

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /** Passes if the bytes are one JSON value, with nothing but white space around it. */
  public static void check(byte[] json) throws MalformedJsonException {
    int end =
        skipSpace(json, skipValue(json, skipSpace(json, 0, json.length), json.length), json.length);
    if (end < json.length) {
      throw new MalformedJsonException(end, "the end");
    }
  }

  /** Skips the value that begins at {@code at}. */
  public static int skipValue(byte[] b, int at, int end) throws MalformedJsonException {
    return value(b, at, end, 0);
  }

  /** Skips the string whose opening quote stands at {@code at}. */
  public static int skipString(byte[] b, int at, int end) throws MalformedJsonException {
    expect(b, at, end, '"', "a string");
    int i = at + 1;
    while (i < end) {
      byte c = b[i];
      if (c >= ' ' && c != '"' && c != '\\') {
        i++;
      } else if (c == '"') {
        return i + 1;
      } else if (c == '\\') {
        i = escape(b, i, end);
      } else if (c < 0) {
        int after = Utf8.after(b, i, end);
        if (after == Utf8.ILL_FORMED) {
          throw new MalformedJsonException(i, "UTF-8");
        }
        i = after;
      } else {
        throw new MalformedJsonException(i, "an escaped control character");
      }
    }
    throw new MalformedJsonException(end, "the end of a string");
  }

  /** Skips the number that begins at {@code at}. */
  public static int skipNumber(byte[] b, int at, int end) throws MalformedJsonException {
    int i = at < end && b[at] == '-' ? at + 1 : at;
    boolean zero = i < end && b[i] == '0';
    i = digits(b, i, end);
    if (zero && i - at > (b[at] == '-' ? 2 : 1)) {
      throw new MalformedJsonException(at, "a number without leading zeros");
    }
    if (i < end && b[i] == '.') {
      i = digits(b, i + 1, end);
    }
    if (i < end && (b[i] | 0x20) == 'e') {
      i++;
      if (i < end && (b[i] == '+' || b[i] == '-')) {
        i++;
      }
      i = digits(b, i, end);
    }
    return i;
  }

  /** Skips any value that is a member of the outermost object, which counts as a level. */
  public static int skipMember(byte[] b, int at, int end) throws MalformedJsonException {
    return value(b, at, end, 1);
  }

  /** Skips white space, if there is any. */
  public static int skipSpace(byte[] b, int at, int end) {
    int i = at;
    while (i < end && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r')) {
      i++;
    }
    return i;
  }

  private static int value(byte[] b, int at, int end, int depth) throws MalformedJsonException {
    if (at >= end) {
      throw new MalformedJsonException(at, "a value");
    }
    return switch (b[at]) {
      case '{' -> object(b, at, end, depth + 1);
      case '[' -> array(b, at, end, depth + 1);
      case '"' -> skipString(b, at, end);
      case 't' -> literal(b, at, end, TRUE);
      case 'f' -> literal(b, at, end, FALSE);
      case 'n' -> literal(b, at, end, NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> skipNumber(b, at, end);
      default -> throw new MalformedJsonException(at, "a value");
    };
  }

  private static int object(byte[] b, int at, int end, int depth) throws MalformedJsonException {
    requireShallow(at, depth);
    int i = skipSpace(b, at + 1, end);
    if (i < end && b[i] == '}') {
      return i + 1;
    }
    while (true) {
      i = skipSpace(b, skipString(b, i, end), end);
      expect(b, i, end, ':', "a colon");
      i = skipSpace(b, value(b, skipSpace(b, i + 1, end), end, depth), end);
      if (i < end && b[i] == '}') {
        return i + 1;
      }
      expect(b, i, end, ',', "a comma or }");
      i = skipSpace(b, i + 1, end);
    }
  }

  private static int array(byte[] b, int at, int end, int depth) throws MalformedJsonException {
    requireShallow(at, depth);
    int i = skipSpace(b, at + 1, end);
    if (i < end && b[i] == ']') {
      return i + 1;
    }
    while (true) {
      i = skipSpace(b, value(b, i, end, depth), end);
      if (i < end && b[i] == ']') {
        return i + 1;
      }
      expect(b, i, end, ',', "a comma or ]");
      i = skipSpace(b, i + 1, end);
    }
  }

  private static int literal(byte[] b, int at, int end, byte[] word) throws MalformedJsonException {
    for (int i = 0; i < word.length; i++) {
      expect(b, at + i, end, word[i], "true, false or null");
    }
    return at + word.length;
  }

  private static int digits(byte[] b, int at, int end) throws MalformedJsonException {
    int i = at;
    while (i < end && b[i] >= '0' && b[i] <= '9') {
      i++;
    }
    if (i == at) {
      throw new MalformedJsonException(at, "a digit");
    }
    return i;
  }

  private static int escape(byte[] b, int at, int end) throws MalformedJsonException {
    return switch (at + 1 < end ? b[at + 1] : 0) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> unicodeEscape(b, at, end);
      default -> throw new MalformedJsonException(at, "an escape of JSON");
    };
  }

  private static int unicodeEscape(byte[] b, int at, int end) throws MalformedJsonException {
    char first = utf16(b, at, end);
    if (!Character.isSurrogate(first)) {
      return at + 6;
    }
    boolean escapeFollows = at + 7 < end && b[at + 6] == '\\' && b[at + 7] == 'u';
    if (Character.isHighSurrogate(first)
        && escapeFollows
        && Character.isLowSurrogate(utf16(b, at + 6, end))) {
      return at + 12;
    }
    throw new MalformedJsonException(at, "a pair of surrogates, not one alone");
  }

  /** The UTF-16 unit that the escape at {@code at} stands for. */
  static char utf16(byte[] b, int at, int end) throws MalformedJsonException {
    if (end - at < 6) {
      throw new MalformedJsonException(at, "four hexadecimal digits");
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = b[i] < 0 ? -1 : Character.digit(b[i], 16);
      if (digit < 0) {
        throw new MalformedJsonException(i, "four hexadecimal digits");
      }
      unit = unit << 4 | digit;
    }
    return (char) unit;
  }

  private static void requireShallow(int at, int depth) throws MalformedJsonException {
    if (depth > MAX_DEPTH) {
      throw new MalformedJsonException(at, "at most " + MAX_DEPTH + " levels");
    }
  }

  private static void expect(byte[] b, int at, int end, int wanted, String problem)
      throws MalformedJsonException {
    if (at >= end || b[at] != wanted) {
      throw new MalformedJsonException(at, problem);
    }
  }

  private JsonText() {}
}
