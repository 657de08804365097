package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Words;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every step must satisfy to be written, however it arrives. */
public final class StepRules {

  /** The longest id, in bytes of UTF-8. */
  public static final int MAX_ID_BYTES = 256;

  /** The longest JSON of one handle, in bytes. */
  public static final int MAX_PAYLOAD_BYTES = 60 << 20;

  /** Of all payloads of a step: with the rest of it, no more than one answer can give whole. */
  public static final int MAX_PAYLOADS_BYTES = 63 << 20;

  /**
   * The most that a step without the JSON of its handles may take as it is stored, in bytes. A page
   * can withhold payloads but nothing else, so this is what makes that any step fits into one.
   */
  public static final int MAX_REST_BYTES = 1 << 20;

  private static final Set<String> WITH_REASON = Set.of("skipped", "cancelled");
  private static final String ERROR = "error";

  private final FieldRules fields = new FieldRules();

  private StepRules() {}

  /** The first thing that is wrong with a step, in the order of its fields; empty if nothing is. */
  public static Optional<Rejection> check(Step step) {
    StepRules rules = new StepRules();
    rules.step(step);
    rules.payloads(payloadBytes(step.outputs()) + payloadBytes(step.inputs()));
    return rules.fields.first();
  }

  /**
   * What {@link #check} leaves: whether the step, without its payloads, is small enough as it is
   * stored.
   */
  static Optional<Rejection> checkRest(Step step, StepRecord encoded) {
    long rest =
        encoded.stored().size() - payloadBytes(step.outputs()) - payloadBytes(step.inputs());
    if (rest <= MAX_REST_BYTES) {
      return Optional.empty();
    }
    return Optional.of(
        Rejection.of(
            "step", rest + " bytes beside the JSON of its handles", "at most " + MAX_REST_BYTES));
  }

  /** Whether a step in this state says why. */
  static boolean hasReason(String status) {
    return WITH_REASON.contains(status);
  }

  /** Whether a step in this state says what went wrong. */
  static boolean hasMessage(String status) {
    return status.equals(ERROR);
  }

  private void step(Step step) {
    fields.id("run_id", step.runId());
    fields.id("block_id", step.blockId());
    fields.id("step_id", step.stepId());
    fields.word("block_type", step.blockType(), Words.BLOCK_TYPE.all());
    fields.text("block_label", step.blockLabel());
    lifecycle(step.lifecycle());
    step.artifact().ifPresent(this::artifact);
    fields.time("started_at", step.startedAt());
    fields.time("completed_at", step.completedAt());
    step.outputs().forEach((name, handle) -> handle("handle_outputs", name, handle));
    step.inputs().forEach((name, handle) -> handle("handle_inputs", name, handle));
    fields.time("created_at", step.createdAt());
    fields.id("workflow_id", step.workflowId());
    fields.text("model", step.model());
    loops(step.loopContainers());
    fields.notNegative("retry_count", step.retryCount());
  }

  private void lifecycle(Step.Lifecycle lifecycle) {
    String status = lifecycle.status();
    boolean error = hasMessage(status);
    fields.word("lifecycle.status", status, Words.STATUS.all());
    fields.presence("lifecycle.reason", lifecycle.reason(), hasReason(status), status);
    fields.text("lifecycle.reason", lifecycle.reason());
    fields.presence("lifecycle.message", lifecycle.message(), error, status);
    fields.text("lifecycle.message", lifecycle.message());
    if (!error) {
      fields.absent("lifecycle.stage", lifecycle.stage().map(Quote::text), status);
      fields.absent("lifecycle.category", lifecycle.category().map(Quote::text), status);
      fields.absent("lifecycle.details", lifecycle.details().map(details -> "{…}"), status);
    }
    fields.word("lifecycle.stage", lifecycle.stage(), Words.STAGE.all());
    fields.word("lifecycle.category", lifecycle.category(), Words.CATEGORY.all());
    lifecycle.details().ifPresent(this::details);
  }

  private void details(Step.ErrorDetails details) {
    fields.text("lifecycle.details.message", details.message());
    fields.text("lifecycle.details.stack_trace", details.stackTrace());
    fields.text("lifecycle.details.block_id", details.blockId());
    fields.text("lifecycle.details.block_name", details.blockName());
    fields.text("lifecycle.details.error_code", details.errorCode());
    details.context().ifPresent(context -> fields.json("lifecycle.details.context", context));
  }

  private void artifact(Step.Artifact artifact) {
    fields.id("artifact.operation", artifact.operation());
    fields.id("artifact.id", artifact.id());
  }

  private void loops(List<Step.LoopContainer> loops) {
    for (int i = 0; i < loops.size(); i++) {
      Step.LoopContainer loop = loops.get(i);
      String path = "loop_containers[" + i + "].";
      fields.id(path + "container_id", loop.containerId());
      fields.notNegative(path + "iteration", loop.iteration());
      loop.parallelItemIndex()
          .ifPresent(index -> fields.notNegative(path + "parallel_item_index", index));
    }
  }

  private void handle(String map, String name, Step.Handle handle) {
    String path = map + '.' + Quote.bare(name);
    fields.text(path, name);
    if (handle instanceof Step.JsonHandle json) {
      payload(path + ".data", json.json());
    } else if (handle instanceof Step.FileHandle file) {
      fields.id(path + ".document.id", file.id());
      fields.text(path + ".document.filename", file.filename());
      fields.text(path + ".document.mime_type", file.mimeType());
    }
  }

  private void payloads(long bytes) {
    if (bytes > MAX_PAYLOADS_BYTES) {
      fields.reject(
          Rejection.of(
              "step", bytes + " bytes of JSON in its handles", "at most " + MAX_PAYLOADS_BYTES));
    }
  }

  private void payload(String field, byte[] json) {
    if (json.length > MAX_PAYLOAD_BYTES) {
      fields.reject(Rejection.of(field, json.length + " bytes", "at most " + MAX_PAYLOAD_BYTES));
      return;
    }
    fields.json(field, json);
  }

  private static long payloadBytes(Map<String, Step.Handle> handles) {
    long bytes = 0;
    for (Step.Handle handle : handles.values()) {
      bytes += handle instanceof Step.JsonHandle json ? json.json().length : 0;
    }
    return bytes;
  }
}
