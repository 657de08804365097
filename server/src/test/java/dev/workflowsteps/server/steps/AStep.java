package dev.workflowsteps.server.steps;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.proto.v1.ArtifactRef;
import dev.workflowsteps.proto.v1.DocumentRef;
import dev.workflowsteps.proto.v1.LoopContainer;
import dev.workflowsteps.proto.v1.StepErrorDetails;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.time.Instant;
import java.util.OptionalInt;

/** Builds steps for tests: acceptable ones, but for what a test sets. */
public final class AStep {

  private final WorkflowStep.Builder step =
      WorkflowStep.newBuilder()
          .setRunId("run_1")
          .setBlockId("block-1")
          .setBlockType("function")
          .setBlockLabel("A step")
          .setLifecycle(state("completed", null, null, null, null, null))
          .setStartedAt(timestamp(Instant.parse("2026-03-12T09:00:00Z")));

  public static AStep named(String stepId) {
    AStep step = new AStep();
    step.step.setStepId(stepId);
    return step;
  }

  public AStep run(String id) {
    step.setRunId(id);
    return this;
  }

  public AStep block(String id) {
    step.setBlockId(id);
    return this;
  }

  public AStep type(String word) {
    step.setBlockType(word);
    return this;
  }

  public AStep label(String text) {
    step.setBlockLabel(text);
    return this;
  }

  /** A state that needs no text. */
  public AStep status(String word) {
    return lifecycle(state(word, null, null, null, null, null));
  }

  public AStep lifecycle(StepLifecycle state) {
    step.setLifecycle(state);
    return this;
  }

  public AStep artifact(String operation, String id) {
    step.setArtifact(ArtifactRef.newBuilder().setOperation(operation).setId(id));
    return this;
  }

  /** Null for a step that has not started. */
  public AStep startedAt(String time) {
    if (time == null) {
      step.clearStartedAt();
    } else {
      step.setStartedAt(timestamp(Instant.parse(time)));
    }
    return this;
  }

  public AStep completedAt(Instant time) {
    step.setCompletedAt(timestamp(time));
    return this;
  }

  public AStep createdAt(Instant time) {
    step.setCreatedAt(timestamp(time));
    return this;
  }

  public AStep workflow(String id) {
    step.setWorkflowId(id);
    return this;
  }

  public AStep model(String name) {
    step.setModel(name);
    return this;
  }

  public AStep output(String name, String json) {
    return output(name, json(json));
  }

  public AStep output(String name, StepHandle handle) {
    step.putHandleOutputs(name, handle);
    return this;
  }

  public AStep input(String name, StepHandle handle) {
    step.putHandleInputs(name, handle);
    return this;
  }

  public AStep loop(LoopContainer loop) {
    step.addLoopContainers(loop);
    return this;
  }

  public AStep retryCount(int count) {
    step.setRetryCount(count);
    return this;
  }

  public WorkflowStep build() {
    return step.build();
  }

  /** A state; null for what it does not say. */
  public static StepLifecycle state(
      String status,
      String reason,
      String message,
      String stage,
      String category,
      StepErrorDetails details) {
    StepLifecycle.Builder state = StepLifecycle.newBuilder().setStatus(status);
    if (reason != null) {
      state.setReason(reason);
    }
    if (message != null) {
      state.setMessage(message);
    }
    if (stage != null) {
      state.setStage(stage);
    }
    if (category != null) {
      state.setCategory(category);
    }
    if (details != null) {
      state.setDetails(details);
    }
    return state.build();
  }

  /** Details of an error that say no more than this. */
  public static StepErrorDetails details(String message, String context) {
    StepErrorDetails.Builder details = StepErrorDetails.newBuilder();
    if (message != null) {
      details.setMessage(message);
    }
    if (context != null) {
      details.setContext(ByteString.copyFromUtf8(context));
    }
    return details.build();
  }

  /** A handle of type json. */
  public static StepHandle json(String json) {
    return StepHandle.newBuilder().setType("json").setData(ByteString.copyFromUtf8(json)).build();
  }

  /** A handle of type json. */
  public static StepHandle json(byte[] json) {
    return StepHandle.newBuilder().setType("json").setData(ByteString.copyFrom(json)).build();
  }

  /** A handle of type file. */
  public static StepHandle file(String id, String filename, String mimeType) {
    return StepHandle.newBuilder()
        .setType("file")
        .setDocument(DocumentRef.newBuilder().setId(id).setFilename(filename).setMimeType(mimeType))
        .build();
  }

  /** A loop around a step. */
  public static LoopContainer loopOf(
      String containerId, int iteration, boolean isParallel, OptionalInt index) {
    LoopContainer.Builder loop =
        LoopContainer.newBuilder()
            .setContainerId(containerId)
            .setIteration(iteration)
            .setIsParallel(isParallel);
    index.ifPresent(loop::setParallelItemIndex);
    return loop.build();
  }

  /** A time, also one that no step may have. */
  public static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }
}
