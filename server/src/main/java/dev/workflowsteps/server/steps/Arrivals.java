package dev.workflowsteps.server.steps;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents of one call, of which one at most stands for each step. */
final class Arrivals {

  private final List<Arrival> all = new ArrayList<>();
  private final Map<StepKey, StepRecord> standing = new LinkedHashMap<>();

  void add(Step step) {
    Arrival arrival = Arrival.of(step);
    all.add(arrival);
    if (arrival instanceof Acceptable acceptable) {
      standing.merge(acceptable.record().key(), acceptable.record(), Arrivals::later);
    }
  }

  /** What is to be written, no two records with the same key. */
  List<StepRecord> standing() {
    return List.copyOf(standing.values());
  }

  /**
   * What became of each document.
   *
   * @param outcomes of {@link #standing()}, in its order
   */
  List<StepResult> results(List<StepWriter.Outcome> outcomes) {
    Map<StepKey, StepWriter.Outcome> written = new HashMap<>();
    int i = 0;
    for (StepKey key : standing.keySet()) {
      written.put(key, outcomes.get(i++));
    }
    return all.stream().map(arrival -> result(arrival, written)).toList();
  }

  @SuppressWarnings("ReferenceEquality") // the very record that stands, not one like it
  private StepResult result(Arrival arrival, Map<StepKey, StepWriter.Outcome> written) {
    if (arrival instanceof Refused refused) {
      return new StepResult.Rejected(refused.rejection());
    }
    StepRecord record = ((Acceptable) arrival).record();
    StepRecord winner = standing.get(record.key());
    if (record == winner) {
      return new StepResult.Accepted(written.get(record.key()));
    }
    return new StepResult.Accepted(
        record.sameAs(winner) ? StepWriter.Outcome.UNCHANGED : StepWriter.Outcome.STALE);
  }

  private static StepRecord later(StepRecord standing, StepRecord arriving) {
    boolean stale =
        StepRecord.isStale(
            standing.status(), standing.retryCount(), arriving.status(), arriving.retryCount());
    return stale ? standing : arriving;
  }

  private sealed interface Arrival {

    static Arrival of(Step step) {
      Optional<Rejection> rejection = StepRules.check(step);
      if (rejection.isPresent()) {
        return new Refused(rejection.get());
      }
      StepRecord record = StepCodec.encode(step);
      return StepRules.checkRest(step, record)
          .<Arrival>map(Refused::new)
          .orElseGet(() -> new Acceptable(record));
    }
  }

  private record Acceptable(StepRecord record) implements Arrival {}

  private record Refused(Rejection rejection) implements Arrival {}
}
