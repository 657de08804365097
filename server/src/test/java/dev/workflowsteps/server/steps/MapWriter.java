package dev.workflowsteps.server.steps;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A writer into a map, which remembers the sizes of its batches and can be told to fail. */
public final class MapWriter implements StepWriter {

  private final Map<StepKey, StepRecord> records = new LinkedHashMap<>();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();
  private int failures;
  private FailedCallException.Reason failure;

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<StepRecord> batch, Call call) {
    if (failures > 0) {
      failures--;
      throw new FailedCallException(failure, "the database is " + failure);
    }
    batches.add(batch.size());
    List<Outcome> outcomes = new ArrayList<>();
    for (StepRecord record : batch) {
      outcomes.add(write(record));
    }
    return outcomes;
  }

  /** The next calls fail for this reason. */
  public synchronized void fail(int calls, FailedCallException.Reason reason) {
    failures = calls;
    failure = reason;
  }

  /** What stands, in the order in which the steps first came. */
  public synchronized List<WorkflowStep> steps() {
    return records.values().stream().map(Encoded::step).toList();
  }

  /** The number of records of each batch. */
  public List<Integer> batches() {
    return batches;
  }

  private Outcome write(StepRecord incoming) {
    return InMemoryStepStore.write(records, incoming);
  }
}
