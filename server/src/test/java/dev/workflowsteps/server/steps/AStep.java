package dev.workflowsteps.server.steps;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds steps for tests: acceptable ones, but for what a test sets. */
public final class AStep {

  private String runId = "run_1";
  private String blockId = "block-1";
  private String stepId = "step-1";
  private String blockType = "function";
  private String blockLabel = "A step";
  private Step.Lifecycle lifecycle = state("completed", null, null, null, null, null);
  private Optional<Step.Artifact> artifact = Optional.empty();
  private Optional<Instant> startedAt = Optional.of(Instant.parse("2026-03-12T09:00:00Z"));
  private Optional<Instant> completedAt = Optional.empty();
  private Optional<Instant> createdAt = Optional.empty();
  private Optional<String> workflowId = Optional.empty();
  private Optional<String> model = Optional.empty();
  private final Map<String, Step.Handle> outputs = new LinkedHashMap<>();
  private final Map<String, Step.Handle> inputs = new LinkedHashMap<>();
  private final List<Step.LoopContainer> loops = new ArrayList<>();
  private int retryCount;

  public static AStep named(String stepId) {
    AStep step = new AStep();
    step.stepId = stepId;
    return step;
  }

  public AStep run(String id) {
    runId = id;
    return this;
  }

  public AStep block(String id) {
    blockId = id;
    return this;
  }

  public AStep type(String word) {
    blockType = word;
    return this;
  }

  public AStep label(String text) {
    blockLabel = text;
    return this;
  }

  /** A state that needs no text. */
  public AStep status(String word) {
    return lifecycle(state(word, null, null, null, null, null));
  }

  public AStep lifecycle(Step.Lifecycle state) {
    lifecycle = state;
    return this;
  }

  public AStep artifact(String operation, String id) {
    artifact = Optional.of(new Step.Artifact(operation, id));
    return this;
  }

  /** Null for a step that has not started. */
  public AStep startedAt(String time) {
    startedAt = Optional.ofNullable(time).map(Instant::parse);
    return this;
  }

  public AStep completedAt(Instant time) {
    completedAt = Optional.of(time);
    return this;
  }

  public AStep createdAt(Instant time) {
    createdAt = Optional.of(time);
    return this;
  }

  public AStep workflow(String id) {
    workflowId = Optional.of(id);
    return this;
  }

  public AStep model(String name) {
    model = Optional.of(name);
    return this;
  }

  public AStep output(String name, String json) {
    return output(name, new Step.JsonHandle(bytes(json)));
  }

  public AStep output(String name, Step.Handle handle) {
    outputs.put(name, handle);
    return this;
  }

  public AStep input(String name, Step.Handle handle) {
    inputs.put(name, handle);
    return this;
  }

  public AStep loop(Step.LoopContainer loop) {
    loops.add(loop);
    return this;
  }

  public AStep retryCount(int count) {
    retryCount = count;
    return this;
  }

  public Step build() {
    return new Step(
        runId,
        blockId,
        stepId,
        blockType,
        blockLabel,
        lifecycle,
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

  /** A state; null for what it does not say. */
  public static Step.Lifecycle state(
      String status,
      String reason,
      String message,
      String stage,
      String category,
      Step.ErrorDetails details) {
    return new Step.Lifecycle(
        status,
        Optional.ofNullable(reason),
        Optional.ofNullable(message),
        Optional.ofNullable(stage),
        Optional.ofNullable(category),
        Optional.ofNullable(details));
  }

  /** Details of an error that say no more than this. */
  public static Step.ErrorDetails details(String message, String context) {
    return new Step.ErrorDetails(
        Optional.ofNullable(message),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(context).map(AStep::bytes));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
