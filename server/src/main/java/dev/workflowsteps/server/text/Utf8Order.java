package dev.workflowsteps.server.text;

/**
 * Compares strings as their UTF-8 bytes compare, which is also what {@code COLLATE "C"} does.
 * {@link String#compareTo} differs: it puts U+E000 to U+FFFF after the surrogate pairs of higher
 * code points.
 */
public final class Utf8Order {

  public static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Moves the surrogates above all other UTF-16 units, where their code points belong. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  private Utf8Order() {}
}
