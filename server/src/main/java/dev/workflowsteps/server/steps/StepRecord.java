package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Words;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A step as it is written to a storage: its key, what it is filtered and ordered by, and the step
 * as it is sent.
 *
 * <p>{@code head}, {@code outputs} and {@code inputs} are encodings of {@code
 * workflows.v1.WorkflowStep}: all of it but the handles, the entries of {@code handle_outputs}, and
 * the entries of {@code handle_inputs}. Encodings of a protobuf message that stand one behind the
 * other merge, so the three together are the step.
 *
 * @param position the sort time, the step id and the run id
 * @param retryCount 0 or more; decides with the status whether an incoming record is stale
 * @param payloads those that {@code outputs} and {@code inputs} only name
 */
public record StepRecord(
    StepPosition position,
    Optional<String> workflowId,
    String blockId,
    String blockType,
    String status,
    int retryCount,
    byte[] head,
    byte[] outputs,
    byte[] inputs,
    List<Payload> payloads) {

  public StepKey key() {
    return new StepKey(position.runId(), position.stepId());
  }

  /** The length of the payloads that are only named, in bytes. */
  public long withheldBytes() {
    return payloads.stream().mapToLong(payload -> payload.json().length).sum();
  }

  /** As it comes back from a storage. */
  public StoredStep stored() {
    return new StoredStep(position, withheldBytes(), head, outputs, inputs);
  }

  /** Whether both say the same: everything else follows from the three encodings. */
  public boolean sameAs(StepRecord that) {
    return key().equals(that.key())
        && Arrays.equals(head, that.head)
        && Arrays.equals(outputs, that.outputs)
        && Arrays.equals(inputs, that.inputs);
  }

  /**
   * Whether an incoming record must not replace the stored one: a final state is replaced only by
   * another final one or by a later try.
   */
  public static boolean isStale(
      String storedStatus, int storedRetryCount, String incomingStatus, int incomingRetryCount) {
    return Words.STATUS.isTerminal(storedStatus)
        && !Words.STATUS.isTerminal(incomingStatus)
        && incomingRetryCount <= storedRetryCount;
  }
}
