package dev.workflowsteps.server.steps;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;

/**
 * Turns a step into what is stored of it and sent, and back. The only place where either is made or
 * read whole.
 */
public final class StepCodec {

  /**
   * The record of a step. The same step gives the same bytes, so that a document that arrives again
   * is seen to change nothing.
   *
   * @param step one that {@link StepRules} passed
   */
  public static StepRecord encode(Step step) {
    return new StepRecord(
        step.position(),
        step.workflowId(),
        step.blockId(),
        step.blockType(),
        step.lifecycle().status(),
        step.retryCount(),
        StepHead.encode(step),
        HandleEntries.encode(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, step.outputs()),
        HandleEntries.encode(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, step.inputs()));
  }

  /**
   * The step that was encoded.
   *
   * @throws IllegalArgumentException if the bytes are broken, or a payload is withheld in them and
   *     must be put back first
   */
  public static Step decode(StoredStep stored) {
    try {
      return StepHead.decode(
          stored.head(),
          HandleEntries.decode(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, stored.outputs()),
          HandleEntries.decode(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, stored.inputs()));
    } catch (InvalidProtocolBufferException e) {
      StepPosition position = stored.position();
      throw new IllegalArgumentException(
          "step " + position.stepId() + " of run " + position.runId() + " is stored broken", e);
    }
  }

  private StepCodec() {}
}
