package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Outcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Writes a batch in rounds, in each of which a key occurs once, because one statement can touch a
 * row only once: the first record of every key, then the second one of every key that has one, and
 * so on. So the outcome is the same as one by one.
 */
final class Rounds {

  /** Writes records with different keys and returns the outcome of each by its key. */
  @FunctionalInterface
  interface Write<K, R> {
    Map<K, Outcome> round(List<R> records) throws SQLException;
  }

  /** The outcomes, in the order of the records. */
  static <K, R> List<Outcome> write(List<R> records, Function<R, K> key, Write<K, R> write)
      throws SQLException {
    Outcome[] outcomes = new Outcome[records.size()];
    List<Integer> left = IntStream.range(0, outcomes.length).boxed().toList();
    while (!left.isEmpty()) {
      Map<K, Integer> round = new LinkedHashMap<>();
      List<Integer> later = new ArrayList<>();
      for (Integer i : left) {
        if (round.putIfAbsent(key.apply(records.get(i)), i) != null) {
          later.add(i);
        }
      }
      Map<K, Outcome> written = write.round(round.values().stream().map(records::get).toList());
      round.forEach((k, i) -> outcomes[i] = written.get(k));
      left = later;
    }
    return List.of(outcomes);
  }

  private Rounds() {}
}
