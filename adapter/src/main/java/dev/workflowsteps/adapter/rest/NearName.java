package dev.workflowsteps.adapter.rest;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the parameter that was probably meant. */
final class NearName {

  private static final int LONGEST = 64;

  /**
   * The nearest name that is at most a third of the letters away; of equals the first. Else the one
   * of which it is the first word.
   */
  static Optional<String> of(String name, Collection<String> known) {
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    // runId and run-id are how other languages spell run_id.
    String typed = name.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_');
    String lower = typed.toLowerCase(Locale.ROOT);
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(lower, candidate)))
        .filter(candidate -> distance(lower, candidate) <= Math.min(3, name.length() / 3))
        .or(() -> begunBy(lower, known));
  }

  private static Optional<String> begunBy(String word, Collection<String> known) {
    List<String> begun = known.stream().filter(name -> name.startsWith(word + "_")).toList();
    return begun.size() == 1 ? Optional.of(begun.get(0)) : Optional.empty();
  }

  /** How many letters have to be added, left out or replaced. */
  private static int distance(String from, String to) {
    int[] costs = new int[to.length() + 1];
    for (int j = 0; j < costs.length; j++) {
      costs[j] = j;
    }
    for (int i = 0; i < from.length(); i++) {
      int diagonal = costs[0];
      costs[0] = i + 1;
      for (int j = 0; j < to.length(); j++) {
        int replaced = diagonal + (from.charAt(i) == to.charAt(j) ? 0 : 1);
        diagonal = costs[j + 1];
        costs[j + 1] = Math.min(replaced, 1 + Math.min(diagonal, costs[j]));
      }
    }
    return costs[to.length()];
  }

  private NearName() {}
}
