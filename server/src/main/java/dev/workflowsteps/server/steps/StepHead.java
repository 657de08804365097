package dev.workflowsteps.server.steps;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.proto.v1.ArtifactRef;
import dev.workflowsteps.proto.v1.StepErrorDetails;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The encoding of a step without its handles. Without maps, so the generated code gives the same
 * bytes every time.
 */
final class StepHead {

  static byte[] encode(Step step) {
    WorkflowStep.Builder head =
        WorkflowStep.newBuilder()
            .setRunId(step.runId())
            .setBlockId(step.blockId())
            .setStepId(step.stepId())
            .setBlockType(step.blockType())
            .setBlockLabel(step.blockLabel())
            .setLifecycle(lifecycle(step.lifecycle()))
            .setRetryCount(step.retryCount());
    step.artifact().ifPresent(artifact -> head.setArtifact(artifact(artifact)));
    step.startedAt().ifPresent(time -> head.setStartedAt(timestamp(time)));
    step.completedAt().ifPresent(time -> head.setCompletedAt(timestamp(time)));
    step.createdAt().ifPresent(time -> head.setCreatedAt(timestamp(time)));
    step.workflowId().ifPresent(head::setWorkflowId);
    step.model().ifPresent(head::setModel);
    step.loopContainers().forEach(loop -> head.addLoopContainers(loop(loop)));
    return head.build().toByteArray();
  }

  static Step decode(
      WorkflowStep head, Map<String, Step.Handle> outputs, Map<String, Step.Handle> inputs) {
    return new Step(
        head.getRunId(),
        head.getBlockId(),
        head.getStepId(),
        head.getBlockType(),
        head.getBlockLabel(),
        lifecycle(head.getLifecycle()),
        present(head.hasArtifact(), head.getArtifact()).map(StepHead::artifact),
        present(head.hasStartedAt(), head.getStartedAt()).map(StepHead::instant),
        present(head.hasCompletedAt(), head.getCompletedAt()).map(StepHead::instant),
        outputs,
        inputs,
        present(head.hasCreatedAt(), head.getCreatedAt()).map(StepHead::instant),
        present(head.hasWorkflowId(), head.getWorkflowId()),
        present(head.hasModel(), head.getModel()),
        head.getLoopContainersList().stream().map(StepHead::loop).toList(),
        head.getRetryCount());
  }

  private static StepLifecycle lifecycle(Step.Lifecycle lifecycle) {
    StepLifecycle.Builder message = StepLifecycle.newBuilder().setStatus(lifecycle.status());
    lifecycle.reason().ifPresent(message::setReason);
    lifecycle.message().ifPresent(message::setMessage);
    lifecycle.stage().ifPresent(message::setStage);
    lifecycle.category().ifPresent(message::setCategory);
    lifecycle.details().ifPresent(details -> message.setDetails(details(details)));
    return message.build();
  }

  private static Step.Lifecycle lifecycle(StepLifecycle message) {
    return new Step.Lifecycle(
        message.getStatus(),
        present(message.hasReason(), message.getReason()),
        present(message.hasMessage(), message.getMessage()),
        present(message.hasStage(), message.getStage()),
        present(message.hasCategory(), message.getCategory()),
        present(message.hasDetails(), message.getDetails()).map(StepHead::details));
  }

  private static StepErrorDetails details(Step.ErrorDetails details) {
    StepErrorDetails.Builder message = StepErrorDetails.newBuilder();
    details.message().ifPresent(message::setMessage);
    details.stackTrace().ifPresent(message::setStackTrace);
    details.blockId().ifPresent(message::setBlockId);
    details.blockName().ifPresent(message::setBlockName);
    details.errorCode().ifPresent(message::setErrorCode);
    details.context().map(UnsafeByteOperations::unsafeWrap).ifPresent(message::setContext);
    return message.build();
  }

  private static Step.ErrorDetails details(StepErrorDetails message) {
    return new Step.ErrorDetails(
        present(message.hasMessage(), message.getMessage()),
        present(message.hasStackTrace(), message.getStackTrace()),
        present(message.hasBlockId(), message.getBlockId()),
        present(message.hasBlockName(), message.getBlockName()),
        present(message.hasErrorCode(), message.getErrorCode()),
        present(message.hasContext(), message.getContext()).map(ByteString::toByteArray));
  }

  private static ArtifactRef artifact(Step.Artifact artifact) {
    return ArtifactRef.newBuilder().setOperation(artifact.operation()).setId(artifact.id()).build();
  }

  private static Step.Artifact artifact(ArtifactRef message) {
    return new Step.Artifact(message.getOperation(), message.getId());
  }

  private static dev.workflowsteps.proto.v1.LoopContainer loop(Step.LoopContainer loop) {
    dev.workflowsteps.proto.v1.LoopContainer.Builder message =
        dev.workflowsteps.proto.v1.LoopContainer.newBuilder()
            .setContainerId(loop.containerId())
            .setIteration(loop.iteration())
            .setIsParallel(loop.isParallel());
    loop.parallelItemIndex().ifPresent(message::setParallelItemIndex);
    return message.build();
  }

  private static Step.LoopContainer loop(dev.workflowsteps.proto.v1.LoopContainer message) {
    OptionalInt index =
        message.hasParallelItemIndex()
            ? OptionalInt.of(message.getParallelItemIndex())
            : OptionalInt.empty();
    return new Step.LoopContainer(
        message.getContainerId(), message.getIteration(), message.getIsParallel(), index);
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static Instant instant(Timestamp message) {
    return Instant.ofEpochSecond(message.getSeconds(), message.getNanos());
  }

  private static <T> Optional<T> present(boolean has, T value) {
    return has ? Optional.of(value) : Optional.empty();
  }

  private StepHead() {}
}
