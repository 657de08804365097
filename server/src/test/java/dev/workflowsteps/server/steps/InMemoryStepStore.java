package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The oracle: all records of an organization in a map, sorted whenever somebody asks. Remembers the
 * sizes of its batches and can be told to fail.
 */
public class InMemoryStepStore implements StepStore, StepWriter, PayloadStore {

  private final Map<String, Map<StepKey, StepRecord>> organizations = new HashMap<>();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();
  private int failures;
  private FailedCallException.Reason failure;
  private RuntimeException scanFailure;

  /** The next writes fail for this reason. */
  public synchronized void fail(int writes, FailedCallException.Reason reason) {
    failures = writes;
    failure = reason;
  }

  /** From now on scans and counts fail with this. */
  public synchronized void failScans(RuntimeException with) {
    scanFailure = with;
  }

  /** The number of records of each batch that was written. */
  public List<Integer> batches() {
    return batches;
  }

  /** An organization's steps, in the order in which they first came. */
  public synchronized List<WorkflowStep> steps(String organizationId) {
    return records(organizationId).map(Encoded::step).toList();
  }

  @Override
  public synchronized List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
    requireTime(call);
    Comparator<StepPosition> order =
        scan.direction() == Direction.ASCENDING
            ? Comparator.naturalOrder()
            : Comparator.reverseOrder();
    List<StoredStep> rows =
        records(scan.filter().organizationId())
            .map(record -> AFilter.listed(record, scan.filter().sortBy()))
            .filter(record -> AFilter.passes(scan.filter(), record))
            .filter(
                record ->
                    scan.from().isEmpty()
                        || order.compare(record.position(), scan.from().get()) > 0)
            .sorted(Comparator.comparing(StepRecord::position, order))
            .limit(scan.rows())
            .map(record -> seen(record, scan.filter().view()))
            .toList();
    return asFewAsItMay(rows, scan.bytes());
  }

  private void requireTime(Call call) {
    if (scanFailure != null) {
      throw scanFailure;
    }
    if (call.remaining().toMillis() <= 0) {
      throw new FailedCallException(FailedCallException.Reason.DEADLINE_EXCEEDED, "too late");
    }
  }

  private static StoredStep seen(StepRecord record, View view) {
    byte[] none = new byte[0];
    return view == View.FULL
        ? record.stored()
        : new StoredStep(
            record.position(), 0, new EncodedStep(record.encoded().head(), none, none));
  }

  /** Up to the row that passes the bytes, and two at least. */
  private static List<StoredStep> asFewAsItMay(List<StoredStep> rows, long bytes) {
    long sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      sum += rows.get(i).storedSize();
      if (sum > bytes && i > 0) {
        return rows.subList(0, i + 1);
      }
    }
    return rows;
  }

  @Override
  public synchronized List<StatusCount> count(StepFilter filter, Call call) {
    requireTime(call);
    if (filter.runId().isPresent()) {
      return countOfRun(filter);
    }
    Map<String, Integer> found = new HashMap<>();
    records(filter.organizationId())
        .filter(record -> AFilter.passes(filter, record))
        .forEach(record -> found.merge(record.status(), 1, Integer::sum));
    return found.entrySet().stream()
        .map(
            each ->
                new StatusCount(
                    each.getKey(),
                    Math.min(each.getValue(), MOST_COUNTED),
                    each.getValue() < MOST_COUNTED))
        .toList();
  }

  /** The first steps of a run are looked at, whatever their states. */
  private List<StatusCount> countOfRun(StepFilter filter) {
    StepFilter entries =
        StepFilter.run(filter.organizationId(), filter.runId().orElseThrow())
            .withStepId(filter.stepId())
            .withTimes(filter.times());
    List<StepRecord> lookedAt =
        records(filter.organizationId())
            .filter(record -> AFilter.passes(entries, record))
            .sorted(Comparator.comparing(StepRecord::position))
            .limit(MOST_COUNTED)
            .toList();
    Map<String, Integer> found = new HashMap<>();
    Words.STATUS.all().stream().filter(filter::hasStatus).forEach(status -> found.put(status, 0));
    lookedAt.stream()
        .filter(record -> AFilter.passes(filter, record))
        .forEach(record -> found.merge(record.status(), 1, Integer::sum));
    boolean exact = lookedAt.size() < MOST_COUNTED;
    return found.entrySet().stream()
        .map(each -> new StatusCount(each.getKey(), each.getValue(), exact))
        .toList();
  }

  @Override
  public synchronized List<StoredStep> find(
      String organizationId,
      String stepId,
      Optional<String> runId,
      int most,
      View view,
      Call call) {
    return records(organizationId)
        .filter(record -> record.position().stepId().equals(stepId))
        .filter(record -> runId.isEmpty() || record.position().runId().equals(runId.get()))
        .sorted(Comparator.comparing(StepRecord::position))
        .limit(most)
        .map(record -> seen(record, view))
        .toList();
  }

  @Override
  public synchronized List<StepPosition> positions(
      String organizationId,
      String stepId,
      Optional<String> runId,
      SortBy sortBy,
      int most,
      Call call) {
    return records(organizationId)
        .map(record -> AFilter.listed(record, sortBy).position())
        .filter(position -> position.stepId().equals(stepId))
        .filter(position -> runId.isEmpty() || position.runId().equals(runId.get()))
        .limit(most)
        .toList();
  }

  @Override
  public synchronized List<DescribedStep> describe(
      String organizationId, Collection<StepKey> keys, View view, Call call) {
    return records(organizationId)
        .filter(record -> keys.contains(record.key()))
        .map(
            record ->
                new DescribedStep(
                    seen(record, view),
                    record.endedAt(),
                    record.workflowId(),
                    record.blockId(),
                    record.blockType(),
                    record.status(),
                    record.retryCount()))
        .toList();
  }

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<StepRecord> records, Call call) {
    if (failures > 0) {
      failures--;
      throw new FailedCallException(failure, "the database is " + failure);
    }
    batches.add(records.size());
    Map<StepKey, StepRecord> stored =
        organizations.computeIfAbsent(organizationId, any -> new LinkedHashMap<>());
    List<Outcome> outcomes = new ArrayList<>();
    for (StepRecord record : records) {
      outcomes.add(write(stored, record));
    }
    return outcomes;
  }

  @Override
  public synchronized Map<PayloadKey, byte[]> fetch(
      String organizationId, Collection<PayloadKey> keys, Call call) {
    Map<PayloadKey, byte[]> found = new HashMap<>();
    for (PayloadKey key : keys) {
      records(organizationId)
          .filter(record -> record.key().equals(new StepKey(key.runId(), key.stepId())))
          .flatMap(record -> record.payloads().stream())
          .filter(payload -> payload.sha256().equals(key.sha256()))
          .forEach(payload -> found.put(key, payload.json()));
    }
    return found;
  }

  /** Deletes a step with its payloads. */
  synchronized void delete(String organizationId, StepKey key) {
    organizations.get(organizationId).remove(key);
  }

  private static Outcome write(Map<StepKey, StepRecord> stored, StepRecord record) {
    StepRecord old = stored.get(record.key());
    if (old != null && old.encoded().sameAs(record.encoded())) {
      return Outcome.UNCHANGED;
    }
    if (old != null
        && Words.STATUS.isTerminal(old.status())
        && !Words.STATUS.isTerminal(record.status())
        && record.retryCount() <= old.retryCount()) {
      return Outcome.STALE;
    }
    stored.put(record.key(), record);
    return old == null ? Outcome.NEW : Outcome.CHANGED;
  }

  private Stream<StepRecord> records(String organizationId) {
    return organizations.getOrDefault(organizationId, Map.of()).values().stream();
  }
}
