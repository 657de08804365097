package dev.workflowsteps.server.steps;

import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.List;

/**
 * Turns a step into what is stored of it and sent, and back. The only place where either is made or
 * read whole.
 */
public final class StepCodec {

  /** A payload with more bytes lies in the payload store, and in the step only by name. */
  static final int MAX_INLINE_BYTES = 64 << 10;

  /** So do the largest of a step whose payloads together have more bytes. */
  static final int MAX_INLINE_BYTES_OF_STEP = 256 << 10;

  /**
   * The record of a step. The same step gives the same bytes, so that a document that arrives again
   * is seen to change nothing.
   *
   * @param step one that {@link StepRules} passed
   */
  public static StepRecord encode(Step step) {
    Handles handles = Handles.of(step);
    List<Payload> payloads = handles.takeOut(MAX_INLINE_BYTES, MAX_INLINE_BYTES_OF_STEP);
    return new StepRecord(
        step.position(),
        step.workflowId(),
        step.blockId(),
        step.blockType(),
        step.lifecycle().status(),
        step.retryCount(),
        StepHead.encode(step),
        handles.outputs(),
        handles.inputs(),
        payloads);
  }

  /**
   * The step that a message is, as it may come from anybody.
   *
   * @throws RejectedStepException if the message says what no step can
   */
  public static Step decode(WorkflowStep message) throws RejectedStepException {
    MessageRules.check(message);
    return StepHead.decode(
        message,
        HandleEntries.decode(message.getHandleOutputsMap()),
        HandleEntries.decode(message.getHandleInputsMap()));
  }

  private StepCodec() {}
}
