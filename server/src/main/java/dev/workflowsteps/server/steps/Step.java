package dev.workflowsteps.server.steps;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One step as it was recorded, every part of it. Made when a step is written; lists are answered
 * from {@link StoredStep}s without ever building one.
 *
 * @param outputs by handle name, in the order in which they were written
 * @param inputs by handle name, in the order in which they were written
 * @param loopContainers the outermost first
 * @param retryCount 0 or more
 */
public record Step(
    String runId,
    String blockId,
    String stepId,
    String blockType,
    String blockLabel,
    Lifecycle lifecycle,
    Optional<Artifact> artifact,
    Optional<Instant> startedAt,
    Optional<Instant> completedAt,
    Map<String, Handle> outputs,
    Map<String, Handle> inputs,
    Optional<Instant> createdAt,
    Optional<String> workflowId,
    Optional<String> model,
    List<LoopContainer> loopContainers,
    int retryCount) {

  /**
   * The state of a step.
   *
   * @param status one of {@link Words#STATUS}
   * @param reason there for skipped and cancelled
   * @param message there for error
   */
  public record Lifecycle(
      String status,
      Optional<String> reason,
      Optional<String> message,
      Optional<String> stage,
      Optional<String> category,
      Optional<ErrorDetails> details) {}

  /** What is known of an error. {@code context} is JSON text, as it was written. */
  public record ErrorDetails(
      Optional<String> message,
      Optional<String> stackTrace,
      Optional<String> blockId,
      Optional<String> blockName,
      Optional<String> errorCode,
      Optional<byte[]> context) {}

  /** The name of an artifact record. */
  public record Artifact(String operation, String id) {}

  /** One loop that the step runs in; {@code iteration} and the index count from 0. */
  public record LoopContainer(
      String containerId, int iteration, boolean isParallel, OptionalInt parallelItemIndex) {}

  /** An input or an output. */
  public sealed interface Handle permits FileHandle, JsonHandle {}

  /** A file. */
  public record FileHandle(String id, String filename, String mimeType) implements Handle {}

  /** JSON text: the bytes that were written, valid JSON in valid UTF-8. */
  public record JsonHandle(byte[] json) implements Handle {}

  /** Where the step stands in the list order. */
  public StepPosition position() {
    return new StepPosition(
        startedAt.map(Step::micros).orElse(StepPosition.NOT_STARTED), stepId, runId);
  }

  private static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
