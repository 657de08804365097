package dev.workflowsteps.server.steps;

import java.util.Arrays;

/**
 * A step as a storage gives it back: its place in the order, and the step as it is sent, in the
 * three encodings that {@link StepRecord} describes. The arrays are not copied and must not be
 * changed.
 *
 * @param withheldBytes the length of the payloads that are only named in it and lie in the {@link
 *     PayloadStore}
 */
public record StoredStep(
    StepPosition position, long withheldBytes, byte[] head, byte[] outputs, byte[] inputs)
    implements Sized {

  /** The length of the step's encoding as it stands, in bytes. */
  public int encodedSize() {
    return head.length + outputs.length + inputs.length;
  }

  /** The length of the step's encoding once its payloads are put back, in bytes. */
  @Override
  public long size() {
    return encodedSize() + withheldBytes;
  }

  boolean sameAs(StoredStep that) {
    return position.equals(that.position)
        && Arrays.equals(head, that.head)
        && Arrays.equals(outputs, that.outputs)
        && Arrays.equals(inputs, that.inputs);
  }
}
