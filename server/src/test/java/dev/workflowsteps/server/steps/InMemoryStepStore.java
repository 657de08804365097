package dev.workflowsteps.server.steps;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The oracle: all records of an organization in a map, sorted whenever somebody asks. */
public final class InMemoryStepStore implements StepStore, StepWriter {

  private final Map<String, Map<StepKey, StepRecord>> organizations = new HashMap<>();

  @Override
  public synchronized List<StoredStep> scan(StepScan scan, Call call) {
    if (call.remaining().toMillis() <= 0) {
      throw new StepsException(StepsException.Reason.DEADLINE_EXCEEDED, "too late");
    }
    Comparator<StepPosition> order =
        scan.direction() == Direction.ASCENDING
            ? Comparator.naturalOrder()
            : Comparator.reverseOrder();
    return records(scan.filter().organizationId())
        .filter(record -> matches(record, scan.filter()))
        .filter(
            record ->
                scan.from().isEmpty() || order.compare(record.position(), scan.from().get()) > 0)
        .sorted(Comparator.comparing(StepRecord::position, order))
        .limit(scan.rows())
        .map(StepRecord::stored)
        .toList();
  }

  @Override
  public synchronized List<StoredStep> find(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    return records(organizationId)
        .filter(record -> record.position().stepId().equals(stepId))
        .filter(record -> runId.isEmpty() || record.position().runId().equals(runId.get()))
        .sorted(Comparator.comparing(StepRecord::position))
        .limit(most)
        .map(StepRecord::stored)
        .toList();
  }

  @Override
  public List<StepPosition> positions(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    return find(organizationId, stepId, runId, most, call).stream()
        .map(StoredStep::position)
        .toList();
  }

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<StepRecord> records, Call call) {
    Map<StepKey, StepRecord> standing =
        organizations.computeIfAbsent(organizationId, any -> new HashMap<>());
    List<Outcome> outcomes = new ArrayList<>();
    for (StepRecord record : records) {
      outcomes.add(write(standing, record));
    }
    return outcomes;
  }

  private static Outcome write(Map<StepKey, StepRecord> standing, StepRecord record) {
    StepRecord old = standing.get(record.key());
    if (old != null && old.sameAs(record)) {
      return Outcome.UNCHANGED;
    }
    if (old != null
        && StepRecord.isStale(
            old.status(), old.retryCount(), record.status(), record.retryCount())) {
      return Outcome.STALE;
    }
    standing.put(record.key(), record);
    return old == null ? Outcome.NEW : Outcome.CHANGED;
  }

  private Stream<StepRecord> records(String organizationId) {
    return organizations.getOrDefault(organizationId, Map.of()).values().stream();
  }

  private static boolean matches(StepRecord record, StepFilter filter) {
    return filter.runId().filter(run -> !run.equals(record.position().runId())).isEmpty();
  }
}
