package dev.workflowsteps.server.steps;

/**
 * A step as a storage gives it back: its place in the order, and the step as it is sent, in the
 * three encodings that {@link StepRecord} describes. The arrays are not copied and must not be
 * changed.
 */
public record StoredStep(StepPosition position, byte[] head, byte[] outputs, byte[] inputs) {

  /** The length of the step's encoding, in bytes. */
  public int size() {
    return head.length + outputs.length + inputs.length;
  }
}
