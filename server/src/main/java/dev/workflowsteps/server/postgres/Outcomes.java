package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What became of the records of one batch, as the database tells it bit by bit. */
final class Outcomes {

  private final List<StepRecord> records;
  private final Outcome[] outcomes;
  private final Map<StepKey, Integer> ordinals = new HashMap<>();

  Outcomes(List<StepRecord> records) {
    this.records = records;
    this.outcomes = new Outcome[records.size()];
    for (int i = 0; i < outcomes.length; i++) {
      ordinals.put(records.get(i).key(), i);
    }
  }

  void written(String runId, String stepId, boolean inserted) {
    set(runId, stepId, inserted ? Outcome.NEW : Outcome.CHANGED);
  }

  void leftAlone(String runId, String stepId, boolean same) {
    set(runId, stepId, same ? Outcome.UNCHANGED : Outcome.STALE);
  }

  /** Those of which nothing is known yet. */
  List<StepRecord> open() {
    return only(Objects::isNull);
  }

  /** The records with one of these outcomes. */
  List<StepRecord> of(Outcome... wanted) {
    return only(outcome -> List.of(wanted).contains(outcome));
  }

  private List<StepRecord> only(Predicate<Outcome> wanted) {
    return IntStream.range(0, outcomes.length)
        .filter(i -> wanted.test(outcomes[i]))
        .mapToObj(records::get)
        .toList();
  }

  List<Outcome> all() {
    Arrays.stream(outcomes).forEach(Objects::requireNonNull);
    return List.of(outcomes);
  }

  private void set(String runId, String stepId, Outcome outcome) {
    outcomes[ordinals.get(new StepKey(runId, stepId))] = outcome;
  }
}
