package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.MalformedJsonException;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads steps of one organization in the public JSON form, one at a time. Safe for use by many
 * threads.
 *
 * <p>Strict about the form: unknown keys, keys given twice and values of another type are rejected,
 * so that nothing is lost unseen. A null is the same as an absent key wherever a step need not have
 * the value, but not for payloads ({@code data} of a handle and {@code context} of an error's
 * details), which are kept as their bytes stand in the document, without white space around them.
 * What a value may be is for {@link StepRules} to say, when the step is recorded.
 */
public final class StepReader implements DocumentReader<Step> {

  private static final Keys STEP =
      Keys.of(
          "run_id",
          "block_id",
          "step_id",
          "block_type",
          "block_label",
          "lifecycle",
          "artifact",
          "started_at",
          "completed_at",
          "handle_outputs",
          "handle_inputs",
          "created_at",
          "workflow_id",
          "model",
          "loop_containers",
          "retry_count",
          "organization_id");

  private static final Keys ARTIFACT = Keys.of("operation", "id");

  private static final Keys LOOP =
      Keys.of("container_id", "iteration", "is_parallel", "parallel_item_index");

  private static final String ID = "1 to " + StepRules.MAX_ID_BYTES + " bytes of text";

  private final String organizationId;

  /**
   * @param organizationId whose steps these are; a document may name it, but no other
   */
  public StepReader(String organizationId) {
    this.organizationId = organizationId;
  }

  @Override
  public Step read(byte[] buffer, int from, int to) throws RejectedDocumentException {
    JsonCursor in = new JsonCursor(buffer, from, to);
    try {
      Step step = step(in);
      in.requireEnd();
      return step;
    } catch (MalformedJsonException e) {
      throw in.malformed(e);
    }
  }

  private Step step(JsonCursor in) throws MalformedJsonException, RejectedDocumentException {
    String runId = null;
    String blockId = null;
    String stepId = null;
    String blockType = null;
    String blockLabel = null;
    Step.Lifecycle lifecycle = null;
    Optional<Step.Artifact> artifact = Optional.empty();
    Optional<Instant> startedAt = Optional.empty();
    Optional<Instant> completedAt = Optional.empty();
    Map<String, Step.Handle> outputs = Map.of();
    Map<String, Step.Handle> inputs = Map.of();
    Optional<Instant> createdAt = Optional.empty();
    Optional<String> workflowId = Optional.empty();
    Optional<String> model = Optional.empty();
    List<Step.LoopContainer> loops = List.of();
    int retryCount = 0;

    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(STEP, seen); key != null; key = in.nextKey(STEP, seen)) {
      switch (key) {
        case "run_id" -> runId = in.text();
        case "block_id" -> blockId = in.text();
        case "step_id" -> stepId = in.text();
        case "block_type" -> blockType = in.text();
        case "block_label" -> blockLabel = in.text();
        case "lifecycle" -> lifecycle = LifecycleReader.read(in);
        case "artifact" -> artifact = artifact(in);
        case "started_at" -> startedAt = Members.time(in);
        case "completed_at" -> completedAt = Members.time(in);
        case "handle_outputs" -> outputs = HandleReader.read(in);
        case "handle_inputs" -> inputs = HandleReader.read(in);
        case "created_at" -> createdAt = Members.time(in);
        case "workflow_id" -> workflowId = in.optionalText();
        case "model" -> model = in.optionalText();
        case "loop_containers" -> loops = loops(in);
        case "retry_count" -> retryCount = in.takeNull() ? 0 : in.integer();
        case "organization_id" -> Members.organization(in, organizationId);
      }
    }
    return new Step(
        in.required("run_id", runId, ID),
        in.required("block_id", blockId, ID),
        in.required("step_id", stepId, ID),
        in.required("block_type", blockType, "text"),
        in.required("block_label", blockLabel, "text"),
        in.required("lifecycle", lifecycle, "an object with status"),
        artifact,
        startedAt,
        completedAt,
        outputs,
        inputs,
        createdAt,
        workflowId,
        model,
        loops,
        retryCount);
  }

  private static Optional<Step.Artifact> artifact(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    if (in.takeNull()) {
      return Optional.empty();
    }
    String operation = null;
    String id = null;
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(ARTIFACT, seen); key != null; key = in.nextKey(ARTIFACT, seen)) {
      switch (key) {
        case "operation" -> operation = in.text();
        case "id" -> id = in.text();
      }
    }
    return Optional.of(
        new Step.Artifact(in.required("operation", operation, "text"), in.required("id", id, ID)));
  }

  private static List<Step.LoopContainer> loops(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    if (in.takeNull()) {
      return List.of();
    }
    List<Step.LoopContainer> loops = new ArrayList<>();
    in.beginArray();
    while (in.nextItem()) {
      loops.add(loop(in));
    }
    return List.copyOf(loops);
  }

  private static Step.LoopContainer loop(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    String containerId = null;
    Integer iteration = null;
    Boolean isParallel = null;
    OptionalInt index = OptionalInt.empty();
    SeenKeys seen = new SeenKeys();
    in.beginObject();
    for (String key = in.nextKey(LOOP, seen); key != null; key = in.nextKey(LOOP, seen)) {
      switch (key) {
        case "container_id" -> containerId = in.text();
        case "iteration" -> iteration = in.integer();
        case "is_parallel" -> isParallel = in.bool();
        case "parallel_item_index" ->
            index = in.takeNull() ? OptionalInt.empty() : OptionalInt.of(in.integer());
      }
    }
    return new Step.LoopContainer(
        in.required("container_id", containerId, ID),
        in.required("iteration", iteration, "an integer"),
        in.required("is_parallel", isParallel, "true or false"),
        index);
  }
}
