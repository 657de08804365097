package dev.workflowsteps.server.steps;

import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.Map;
import java.util.Optional;

/**
 * What every step must satisfy to be written, however it arrives: the options beside its fields in
 * the {@code .proto}, and what the step as a whole may take.
 */
public final class StepValidator {

  /** The most bytes of all payloads of a step. With the rest of it they fit into one answer. */
  static final int MAX_PAYLOADS_BYTES = 63 << 20;

  /**
   * The most bytes of a stored step without its payloads. A page can leave out payloads but nothing
   * else, so this bound lets every step fit into a page.
   */
  static final int MAX_REST_BYTES = 1 << 20;

  private static final MessageValidator FIELDS =
      MessageValidator.of(WorkflowStep.getDefaultInstance());

  /** The first violation, in the order of the fields; empty if the step is acceptable. */
  public static Optional<Rejection> check(WorkflowStep step) {
    Optional<Rejection> rejection = FIELDS.check(step);
    if (rejection.isPresent()) {
      return rejection.map(first -> first.field().isEmpty() ? first.in("step") : first);
    }
    return checkSize(payloadBytes(step), "bytes of JSON in its handles", MAX_PAYLOADS_BYTES);
  }

  /** What {@link #check} leaves: whether the stored step without its payloads is small enough. */
  static Optional<Rejection> checkRest(WorkflowStep step, StepRecord record) {
    return checkSize(
        record.stored().size() - payloadBytes(step),
        "bytes beside the JSON of its handles",
        MAX_REST_BYTES);
  }

  private static Optional<Rejection> checkSize(long bytes, String what, int most) {
    return bytes <= most
        ? Optional.empty()
        : Optional.of(Rejection.of("step", bytes + " " + what, "at most " + most));
  }

  private static long payloadBytes(WorkflowStep step) {
    return payloadBytes(step.getHandleOutputsMap()) + payloadBytes(step.getHandleInputsMap());
  }

  private static long payloadBytes(Map<String, StepHandle> handles) {
    long bytes = 0;
    for (StepHandle handle : handles.values()) {
      bytes += handle.getData().size();
    }
    return bytes;
  }

  private StepValidator() {}
}
