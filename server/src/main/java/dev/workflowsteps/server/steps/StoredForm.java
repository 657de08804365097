package dev.workflowsteps.server.steps;

import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;

/**
 * Whether the stored bytes of a step can be read by whoever they are sent to. A scan of tags,
 * lengths, texts and times, which skips payloads; nothing is allocated, for it is done with every
 * row.
 */
final class StoredForm {

  /** What no step is without: none of it is ever empty, so that it is always written. */
  private static final long ALWAYS =
      bit(WorkflowStep.RUN_ID_FIELD_NUMBER)
          | bit(WorkflowStep.BLOCK_ID_FIELD_NUMBER)
          | bit(WorkflowStep.STEP_ID_FIELD_NUMBER)
          | bit(WorkflowStep.BLOCK_TYPE_FIELD_NUMBER)
          | bit(WorkflowStep.LIFECYCLE_FIELD_NUMBER);

  private static final MessageForm STEP = MessageForm.of(WorkflowStep.getDescriptor());
  private static final MessageForm HANDLE = MessageForm.of(StepHandle.getDescriptor());

  static boolean isWhole(StoredStep step) {
    return isHead(step.head())
        && areHandles(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, step.outputs())
        && areHandles(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, step.inputs());
  }

  static boolean isHead(byte[] bytes) {
    long found = STEP.scan(bytes, 0, bytes.length);
    return found != MessageForm.BROKEN && (found & ALWAYS) == ALWAYS;
  }

  /** Whether all bytes are entries of a handle map, as {@link HandleEntries} writes them. */
  static boolean areHandles(int field, byte[] bytes) {
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
  static boolean isHandle(byte[] bytes, int start, int end) {
    int nameEnd = afterName(bytes, start, end);
    return nameEnd != Wire.BROKEN
        && Wire.afterDelimited(HandleEntry.VALUE_FIELD_NUMBER, bytes, nameEnd, end) == end
        && HANDLE.scan(bytes, Wire.start(bytes, nameEnd, end), end) != MessageForm.BROKEN;
  }

  /** Where the name at the beginning of an entry ends. */
  static int afterName(byte[] bytes, int start, int end) {
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
