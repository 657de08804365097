package dev.workflowsteps.server.steps;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.util.List;
import java.util.Map;

/**
 * What a message must satisfy before a step is made of it: no field that is not known, times that
 * are times, handles that are either a file or JSON. All else is {@link StepRules}'.
 */
final class MessageRules {

  private static final int NANOS = 1_000_000_000;

  /** RFC 3339 ends with the year 9999. */
  private static final long MOST_SECONDS = 253_402_300_799L;

  private static final long LEAST_SECONDS = -62_135_596_800L;

  static void check(WorkflowStep message) throws RejectedStepException {
    known("", message);
    time("started_at", message.hasStartedAt(), message.getStartedAt());
    time("completed_at", message.hasCompletedAt(), message.getCompletedAt());
    time("created_at", message.hasCreatedAt(), message.getCreatedAt());
    handles("handle_outputs", message.getHandleOutputsMap());
    handles("handle_inputs", message.getHandleInputsMap());
  }

  private static void time(String field, boolean given, Timestamp time)
      throws RejectedStepException {
    boolean valid =
        time.getSeconds() >= LEAST_SECONDS
            && time.getSeconds() <= MOST_SECONDS
            && time.getNanos() >= 0
            && time.getNanos() < NANOS;
    if (given && !valid) {
      String shown = time.getSeconds() + " s and " + time.getNanos() + " ns";
      throw rejected(field, shown, "a time of the years 1 to 9999");
    }
  }

  private static void handles(String map, Map<String, StepHandle> handles)
      throws RejectedStepException {
    for (Map.Entry<String, StepHandle> entry : handles.entrySet()) {
      String path = map + '.' + Quote.bare(entry.getKey());
      StepHandle handle = entry.getValue();
      if (handle.hasUnavailable()) {
        throw rejected(path + ".unavailable", "given", "the payload itself, in data");
      }
      if (handle.getType().equals(HandleEntries.JSON)) {
        only(path, HandleEntries.JSON, "data", handle.hasData(), "document", handle.hasDocument());
      } else if (handle.getType().equals(HandleEntries.FILE)) {
        only(path, HandleEntries.FILE, "document", handle.hasDocument(), "data", handle.hasData());
      } else {
        throw new RejectedStepException(
            Rejection.word(
                path + ".type", handle.getType(), List.of(HandleEntries.FILE, HandleEntries.JSON)));
      }
    }
  }

  private static void only(
      String path, String type, String wanted, boolean has, String other, boolean hasOther)
      throws RejectedStepException {
    if (!has) {
      throw rejected(path + '.' + wanted, "absent", "present, since type is " + type);
    }
    if (hasOther) {
      throw rejected(path + '.' + other, "present", "absent, since type is " + type);
    }
  }

  private static void known(String path, Message message) throws RejectedStepException {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      int number = message.getUnknownFields().asMap().keySet().iterator().next();
      String at = path.isEmpty() ? "step" : path.substring(1);
      throw rejected(at, "field number " + number, "only fields of this version's contract");
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      String at = path + '.' + field.getKey().getName();
      if (field.getKey().isRepeated() && field.getValue() instanceof List<?> items) {
        for (Object item : items) {
          if (item instanceof Message part) {
            known(at, part);
          }
        }
      } else if (field.getValue() instanceof Message part) {
        known(at, part);
      }
    }
  }

  private static RejectedStepException rejected(String field, String shown, String expected) {
    return new RejectedStepException(Rejection.of(field, shown, expected));
  }

  private MessageRules() {}
}
