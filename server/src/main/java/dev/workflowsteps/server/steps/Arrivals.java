package dev.workflowsteps.server.steps;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * The documents of one call, of which one at most stands for each key.
 *
 * @param <K> what names a record
 * @param <R> a record
 */
public final class Arrivals<K, R> {

  private final Function<R, K> key;
  private final BinaryOperator<R> later;
  private final BiPredicate<R, R> same;
  private final List<Arrival<R>> all = new ArrayList<>();
  private final Map<K, R> standing = new LinkedHashMap<>();

  /**
   * @param later which of two records with one key stands, the one that stood or the one that
   *     arrives: one of the two
   * @param same whether two records with one key say the same
   */
  public Arrivals(Function<R, K> key, BinaryOperator<R> later, BiPredicate<R, R> same) {
    this.key = key;
    this.later = later;
    this.same = same;
  }

  public void add(R record) {
    all.add(new Acceptable<>(record));
    standing.merge(key.apply(record), record, later);
  }

  public void reject(Rejection rejection) {
    all.add(new Refused<>(rejection));
  }

  /** What is to be written, no two records with the same key. */
  public List<R> standing() {
    return List.copyOf(standing.values());
  }

  /**
   * What became of each document. One that does not stand is {@code UNCHANGED} if it says the same
   * as the one that does, else {@code STALE}.
   *
   * @param outcomes of {@link #standing()}, in its order
   */
  public List<WriteResult> results(List<Outcome> outcomes) {
    Map<K, Outcome> written = new HashMap<>();
    int i = 0;
    for (K name : standing.keySet()) {
      written.put(name, outcomes.get(i++));
    }
    return all.stream().map(arrival -> result(arrival, written)).toList();
  }

  @SuppressWarnings("ReferenceEquality") // the very record that stands, not one like it
  private WriteResult result(Arrival<R> arrival, Map<K, Outcome> written) {
    if (arrival instanceof Refused<R> refused) {
      return new WriteResult.Rejected(refused.rejection());
    }
    R record = ((Acceptable<R>) arrival).record();
    R winner = standing.get(key.apply(record));
    if (record == winner) {
      return new WriteResult.Accepted(written.get(key.apply(record)));
    }
    return new WriteResult.Accepted(same.test(record, winner) ? Outcome.UNCHANGED : Outcome.STALE);
  }

  private sealed interface Arrival<R> {}

  private record Acceptable<R>(R record) implements Arrival<R> {}

  private record Refused<R>(Rejection rejection) implements Arrival<R> {}
}
