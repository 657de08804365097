package dev.workflowsteps.server.steps;

import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.List;
import java.util.Optional;

/**
 * The use case of writing: checks steps, encodes them, and writes the acceptable ones. Safe for use
 * by many threads.
 */
public final class StepRecorder {

  /** The most steps of one call. */
  public static final int MAX_STEPS = 10_000;

  private final StepWriter writer;

  public StepRecorder(StepWriter writer) {
    this.writer = writer;
  }

  /**
   * Records steps of one organization and returns what became of each, in their order. A rejected
   * one does not keep the others from being written; those are written all or none, as if they came
   * one by one.
   *
   * @param steps at most {@value #MAX_STEPS}
   * @throws StepsException as {@link StepWriter#write} does
   */
  public List<WriteResult> record(String organizationId, List<WorkflowStep> steps, Call call) {
    if (steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException(
          "steps: " + steps.size() + " (expected: 0.." + MAX_STEPS + ")");
    }
    WriteBatch<StepRecord> batch = new WriteBatch<>();
    steps.forEach(step -> add(batch, step));
    List<StepRecord> records = batch.documents();
    return batch.results(
        records.isEmpty() ? List.of() : writer.write(organizationId, records, call));
  }

  private static void add(WriteBatch<StepRecord> batch, WorkflowStep step) {
    Optional<Rejection> rejection = StepValidator.check(step);
    if (rejection.isPresent()) {
      batch.reject(rejection.get());
      return;
    }
    StepRecord record = StepRecord.of(step);
    StepValidator.checkRest(step, record).ifPresentOrElse(batch::reject, () -> batch.add(record));
  }
}
