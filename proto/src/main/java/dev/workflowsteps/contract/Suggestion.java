package dev.workflowsteps.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class Suggestion {

  /** Words are short; a long one is a value in the wrong place, and comparing it would cost. */
  private static final int MAX_LENGTH = 64;

  private static final int MAX_DISTANCE = 3;

  /**
   * The nearest of the known words, if at most a third of the letters, and no more than three,
   * would have to be added, left out or replaced; of equally near ones the first. Else the only one
   * that begins with the given word. {@code runId} and {@code run-id} count as {@code run_id}.
   */
  public static Optional<String> near(String given, Iterable<String> known) {
    if (given.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String word = snakeCase(given);
    int nearest = Math.min(MAX_DISTANCE, given.length() / 3) + 1;
    String found = null;
    List<String> begun = new ArrayList<>();
    for (String candidate : known) {
      String spelled = snakeCase(candidate);
      int distance = distance(word, spelled);
      if (distance < nearest) {
        nearest = distance;
        found = candidate;
      }
      if (!word.isEmpty() && spelled.startsWith(word + "_")) {
        begun.add(candidate);
      }
    }
    if (found == null && begun.size() == 1) {
      found = begun.get(0);
    }
    return Optional.ofNullable(found);
  }

  private static String snakeCase(String word) {
    return word.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
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
