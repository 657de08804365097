package dev.workflowsteps.contract;

import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class Suggestion {

  /** Words are short; a long one is a value in the wrong place, and comparing it would cost. */
  private static final int LONGEST = 64;

  /**
   * The nearest of the known words, if at most a third of the letters, and no more than three,
   * would have to be added, left out or replaced; of equally near ones the first.
   */
  public static Optional<String> near(String word, Iterable<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String typed = word.toLowerCase(Locale.ROOT);
    int nearest = Math.min(3, word.length() / 3) + 1;
    String found = null;
    for (String candidate : known) {
      int distance = distance(typed, candidate.toLowerCase(Locale.ROOT));
      if (distance < nearest) {
        nearest = distance;
        found = candidate;
      }
    }
    return Optional.ofNullable(found);
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }

  private Suggestion() {}
}
