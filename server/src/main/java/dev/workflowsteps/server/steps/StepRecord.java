package dev.workflowsteps.server.steps;

import com.google.protobuf.Timestamp;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.encoding.Handles;
import java.util.List;
import java.util.Optional;

/**
 * A step as it is written to a storage: its key, what it is filtered and ordered by, and the step
 * as it is sent.
 *
 * @param position the sort time, the step id and the run id
 * @param endedAt microseconds since 1970 of {@code completed_at}, else of {@code started_at}, else
 *     of {@code created_at}; {@link StepPosition#NO_TIME} if the state is not a final one, or if
 *     there is none of these times
 * @param retryCount 0 or more; decides with the status whether an incoming record is stale
 * @param payloads those that {@code encoded} only names
 */
public record StepRecord(
    StepPosition position,
    long endedAt,
    Optional<String> workflowId,
    String blockId,
    String blockType,
    String status,
    int retryCount,
    EncodedStep encoded,
    List<ExternalPayload> payloads) {

  /**
   * The record of a step.
   *
   * @param step one that {@link StepValidator} passed
   */
  public static StepRecord of(WorkflowStep step) {
    Handles handles = Handles.of(step);
    List<ExternalPayload> payloads = handles.externalize();
    return new StepRecord(
        new StepPosition(sortTime(step), step.getStepId(), step.getRunId()),
        endedAt(step),
        step.hasWorkflowId() ? Optional.of(step.getWorkflowId()) : Optional.empty(),
        step.getBlockId(),
        step.getBlockType(),
        step.getLifecycle().getStatus(),
        step.getRetryCount(),
        handles.encode(),
        payloads);
  }

  private static long sortTime(WorkflowStep step) {
    return step.hasStartedAt() ? micros(step.getStartedAt()) : StepPosition.NO_TIME;
  }

  /** As {@link #endedAt()}, of a step with or without its handles. */
  public static long endedAt(WorkflowStep step) {
    if (!Words.STATUS.isTerminal(step.getLifecycle().getStatus())) {
      return StepPosition.NO_TIME;
    }
    if (step.hasCompletedAt()) {
      return micros(step.getCompletedAt());
    }
    if (step.hasStartedAt()) {
      return micros(step.getStartedAt());
    }
    return step.hasCreatedAt() ? micros(step.getCreatedAt()) : StepPosition.NO_TIME;
  }

  private static long micros(Timestamp time) {
    return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
  }

  public StepKey key() {
    return new StepKey(position.runId(), position.stepId());
  }

  /** The length of the external payloads, in bytes. */
  public long externalBytes() {
    return payloads.stream().mapToLong(payload -> payload.json().length).sum();
  }

  /** As it comes back from a storage. */
  public StoredStep stored() {
    return new StoredStep(position, externalBytes(), encoded);
  }
}
