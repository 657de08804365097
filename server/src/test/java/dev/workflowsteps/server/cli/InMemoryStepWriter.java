package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps in a map, by organization. */
final class InMemoryStepWriter implements StepWriter {

  private final Map<String, Map<StepKey, StepRecord>> organizations = new HashMap<>();

  /** Why nothing can be written; null if it can. */
  volatile FailedCallException.Reason refusing;

  /** The number of steps that an organization has. */
  synchronized int size(String organizationId) {
    return organizations.getOrDefault(organizationId, Map.of()).size();
  }

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<StepRecord> records, Call call) {
    if (refusing != null) {
      throw new FailedCallException(refusing, "refused");
    }
    Map<StepKey, StepRecord> steps =
        organizations.computeIfAbsent(organizationId, id -> new HashMap<>());
    List<Outcome> outcomes = new ArrayList<>();
    for (StepRecord record : records) {
      StepRecord stored = steps.put(record.key(), record);
      outcomes.add(outcome(stored, record));
    }
    return outcomes;
  }

  private static Outcome outcome(StepRecord stored, StepRecord record) {
    if (stored == null) {
      return Outcome.NEW;
    }
    return stored.encoded().sameAs(record.encoded()) ? Outcome.UNCHANGED : Outcome.CHANGED;
  }
}
