package dev.workflowsteps.server.encoding;

import java.util.Arrays;

/**
 * A step as it is stored and sent: three encodings of {@code workflows.v1.WorkflowStep}. Protobuf
 * merges encodings that follow each other, so the three together are the step. The arrays are not
 * copied and must not be changed.
 *
 * @param head all of the step but its handles
 * @param outputs the entries of {@code handle_outputs}, in the order in which they were written
 * @param inputs the entries of {@code handle_inputs}, in the order in which they were written
 */
public record EncodedStep(byte[] head, byte[] outputs, byte[] inputs) {

  /** The length of all three, in bytes. */
  public int size() {
    return head.length + outputs.length + inputs.length;
  }

  /** The three in one array. */
  public byte[] bytes() {
    byte[] bytes = Arrays.copyOf(head, size());
    System.arraycopy(outputs, 0, bytes, head.length, outputs.length);
    System.arraycopy(inputs, 0, bytes, head.length + outputs.length, inputs.length);
    return bytes;
  }

  /** Whether both have the same bytes. */
  public boolean sameAs(EncodedStep that) {
    return Arrays.equals(head, that.head)
        && Arrays.equals(outputs, that.outputs)
        && Arrays.equals(inputs, that.inputs);
  }
}
