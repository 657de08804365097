package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.MalformedJsonException;
import dev.workflowsteps.server.steps.Step;
import java.util.Optional;

/** Reads the state of a step. */
final class LifecycleReader {

  private static final Keys LIFECYCLE =
      Keys.of("status", "reason", "message", "stage", "category", "details");

  private static final Keys DETAILS =
      Keys.of("message", "stack_trace", "block_id", "block_name", "error_code", "context");

  static Step.Lifecycle read(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    String status = null;
    Optional<String> reason = Optional.empty();
    Optional<String> message = Optional.empty();
    Optional<String> stage = Optional.empty();
    Optional<String> category = Optional.empty();
    Optional<Step.ErrorDetails> details = Optional.empty();
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(LIFECYCLE, seen); key != null; key = in.nextKey(LIFECYCLE, seen)) {
      switch (key) {
        case "status" -> status = in.text();
        case "reason" -> reason = in.optionalText();
        case "message" -> message = in.optionalText();
        case "stage" -> stage = in.optionalText();
        case "category" -> category = in.optionalText();
        case "details" -> details = details(in);
      }
    }
    return new Step.Lifecycle(
        in.required("status", status, "text"), reason, message, stage, category, details);
  }

  private static Optional<Step.ErrorDetails> details(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    if (in.takeNull()) {
      return Optional.empty();
    }
    Optional<String> message = Optional.empty();
    Optional<String> stackTrace = Optional.empty();
    Optional<String> blockId = Optional.empty();
    Optional<String> blockName = Optional.empty();
    Optional<String> errorCode = Optional.empty();
    Optional<byte[]> context = Optional.empty();
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(DETAILS, seen); key != null; key = in.nextKey(DETAILS, seen)) {
      switch (key) {
        case "message" -> message = in.optionalText();
        case "stack_trace" -> stackTrace = in.optionalText();
        case "block_id" -> blockId = in.optionalText();
        case "block_name" -> blockName = in.optionalText();
        case "error_code" -> errorCode = in.optionalText();
        case "context" -> context = Optional.of(in.raw());
      }
    }
    return Optional.of(
        new Step.ErrorDetails(message, stackTrace, blockId, blockName, errorCode, context));
  }

  private LifecycleReader() {}
}
