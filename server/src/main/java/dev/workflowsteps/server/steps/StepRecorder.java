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
   * Records steps of one organization and tells what became of each, in their order. A rejected one
   * does not keep the others from being written; those are written all or none.
   *
   * <p>Of several documents of one step the last stands, as if they had come one after the other: a
   * non-final state does not replace a final one of the same or a later try. Those that do not
   * stand are {@code UNCHANGED} if they say the same as the one that does, else {@code STALE}. Only
   * the one that stands is compared with the storage; that differs from one after the other only
   * where a step's retry count falls.
   *
   * @param steps at most {@value #MAX_STEPS}
   * @throws StepsException as {@link StepWriter#write} does
   */
  public List<WriteResult> record(String organizationId, List<WorkflowStep> steps, Call call) {
    if (steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException(
          "steps: " + steps.size() + " (expected: 0.." + MAX_STEPS + ")");
    }
    Arrivals<StepKey, StepRecord> arrivals =
        new Arrivals<>(StepRecord::key, StepRecord::later, StepRecord::sameAs);
    steps.forEach(step -> add(arrivals, step));
    List<StepRecord> standing = arrivals.standing();
    return arrivals.results(
        standing.isEmpty() ? List.of() : writer.write(organizationId, standing, call));
  }

  private static void add(Arrivals<StepKey, StepRecord> arrivals, WorkflowStep step) {
    Optional<Rejection> rejection = StepValidator.check(step);
    if (rejection.isPresent()) {
      arrivals.reject(rejection.get());
      return;
    }
    StepRecord record = StepRecord.of(step);
    StepValidator.checkRest(step, record)
        .ifPresentOrElse(arrivals::reject, () -> arrivals.add(record));
  }
}
