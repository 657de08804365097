package dev.workflowsteps.server.encoding;

import dev.workflowsteps.contract.Utf8;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;

/**
 * Tells stored bytes that every client can read from broken ones. Scans tags, lengths, texts and
 * times and skips payloads. Allocates nothing, since every row of a page is scanned.
 */
public final class StoredForm {

  /** The fields that every step has. They are never empty, so they are always written. */
  private static final long ALWAYS =
      bit(WorkflowStep.RUN_ID_FIELD_NUMBER)
          | bit(WorkflowStep.BLOCK_ID_FIELD_NUMBER)
          | bit(WorkflowStep.STEP_ID_FIELD_NUMBER)
          | bit(WorkflowStep.BLOCK_TYPE_FIELD_NUMBER)
          | bit(WorkflowStep.LIFECYCLE_FIELD_NUMBER);

  private static final MessageForm STEP = MessageForm.of(WorkflowStep.getDescriptor());
  private static final MessageForm HANDLE = MessageForm.of(StepHandle.getDescriptor());

  /** Whether the whole step can be read. */
  public static boolean isWhole(EncodedStep step) {
    return isHead(step.head())
        && areHandles(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, step.outputs())
        && areHandles(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, step.inputs());
  }

  /**
   * Whether these bytes can be read as a step, and none of the fields that every step has is
   * missing.
   */
  public static boolean isHead(byte[] bytes) {
    long found = STEP.scan(bytes, 0, bytes.length);
    return found != MessageForm.BROKEN && (found & ALWAYS) == ALWAYS;
  }

  /**
   * Whether a step can be read with these as the entries of a map of handles, which must be as
   * {@link HandleEntry} writes them.
   *
   * @param field the number of {@code handle_outputs} or {@code handle_inputs}
   */
  public static boolean areHandles(int field, byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      int end = Wire.afterDelimited(field, bytes, at, bytes.length);
      if (end == Wire.BROKEN || !isHandle(bytes, Wire.start(bytes, at, end), end)) {
        return false;
      }
      at = end;
    }
    return true;
  }

  /** Whether these bytes are the inside of one entry: a name and a handle. */
  private static boolean isHandle(byte[] bytes, int start, int end) {
    int nameEnd = afterName(bytes, start, end);
    return nameEnd != Wire.BROKEN
        && Wire.afterDelimited(HandleEntry.VALUE_FIELD_NUMBER, bytes, nameEnd, end) == end
        && HANDLE.scan(bytes, Wire.start(bytes, nameEnd, end), end) != MessageForm.BROKEN;
  }

  /** Where the name at the beginning of an entry ends. */
  private static int afterName(byte[] bytes, int start, int end) {
    int nameEnd = Wire.afterDelimited(HandleEntry.KEY_FIELD_NUMBER, bytes, start, end);
    boolean text =
        nameEnd != Wire.BROKEN
            && Utf8.isWellFormed(bytes, Wire.start(bytes, start, nameEnd), nameEnd);
    return text ? nameEnd : Wire.BROKEN;
  }

  private static long bit(int field) {
    return 1L << field;
  }

  private StoredForm() {}
}
