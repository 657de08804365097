package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
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
import org.junit.jupiter.api.Test;

class StepRecordTest {

  private static final Instant TIME = Instant.parse("2026-03-12T09:00:00.123456Z");
  private static final Timestamp TIMESTAMP =
      Timestamp.newBuilder().setSeconds(TIME.getEpochSecond()).setNanos(123_456_000).build();

  @Test
  void encode_everyField_isTheMessageInThreeParts() throws InvalidProtocolBufferException {
    WorkflowStep expected =
        WorkflowStep.newBuilder()
            .setRunId("run_1")
            .setBlockId("block-1")
            .setStepId("step-1")
            .setBlockType("function")
            .setBlockLabel("A step")
            .setLifecycle(
                StepLifecycle.newBuilder()
                    .setStatus("error")
                    .setMessage("broke")
                    .setStage("execution")
                    .setCategory("quota")
                    .setDetails(
                        StepErrorDetails.newBuilder()
                            .setMessage("m")
                            .setStackTrace("at x")
                            .setBlockId("b")
                            .setBlockName("B")
                            .setErrorCode("E1")
                            .setContext(ByteString.copyFromUtf8("{\"a\":1.50}"))))
            .setArtifact(ArtifactRef.newBuilder().setOperation("extraction").setId("ext_1"))
            .setStartedAt(TIMESTAMP)
            .setCompletedAt(TIMESTAMP)
            .setCreatedAt(TIMESTAMP)
            .putHandleOutputs(
                "out",
                StepHandle.newBuilder()
                    .setType("json")
                    .setData(ByteString.copyFromUtf8("{ \"a\":1.50}"))
                    .build())
            .putHandleInputs(
                "in",
                StepHandle.newBuilder()
                    .setType("file")
                    .setDocument(
                        DocumentRef.newBuilder()
                            .setId("file_1")
                            .setFilename("a.pdf")
                            .setMimeType("application/pdf"))
                    .build())
            .setWorkflowId("wf_1")
            .setModel("retab-small")
            .addLoopContainers(
                LoopContainer.newBuilder()
                    .setContainerId("loop")
                    .setIteration(2)
                    .setIsParallel(true)
                    .setParallelItemIndex(0))
            .addLoopContainers(LoopContainer.newBuilder().setContainerId("inner"))
            .setRetryCount(3)
            .build();
    assertThat(WorkflowStep.parseFrom(Encoded.bytes(StepRecord.of(full())))).isEqualTo(expected);
  }

  @Test
  void encode_smallestStep_leavesAbsentFieldsAbsent() throws InvalidProtocolBufferException {
    WorkflowStep step = AStep.named("s").startedAt(null).status("pending").build();
    WorkflowStep message = WorkflowStep.parseFrom(Encoded.bytes(StepRecord.of(step)));
    assertThat(message.hasStartedAt()).isFalse();
    assertThat(message.hasArtifact()).isFalse();
    assertThat(message.hasWorkflowId()).isFalse();
    assertThat(message.hasModel()).isFalse();
    assertThat(message.getLifecycle().hasReason()).isFalse();
    assertThat(message.getHandleOutputsMap()).isEmpty();
  }

  @Test
  void encode_filterFields_areThoseOfTheStep() {
    StepRecord record = StepRecord.of(full());
    assertThat(record.key()).isEqualTo(new StepKey("run_1", "step-1"));
    assertThat(record.position().sortTime()).isEqualTo(TIME.getEpochSecond() * 1_000_000 + 123_456);
    assertThat(record.workflowId()).contains("wf_1");
    assertThat(record.blockId()).isEqualTo("block-1");
    assertThat(record.blockType()).isEqualTo("function");
    assertThat(record.status()).isEqualTo("error");
    assertThat(record.retryCount()).isEqualTo(3);
  }

  @Test
  void encode_sameStepTwice_givesTheSameBytes() {
    assertThat(StepRecord.of(full()).encoded().sameAs(StepRecord.of(full()).encoded())).isTrue();
  }

  @Test
  void encode_handlesInAnotherOrder_isAnotherRecord() {
    StepRecord ab = StepRecord.of(AStep.named("s").output("a", "1").output("b", "2").build());
    StepRecord ba = StepRecord.of(AStep.named("s").output("b", "2").output("a", "1").build());
    assertThat(ab.encoded().sameAs(ba.encoded())).isFalse();
  }

  @Test
  void decode_encodedStep_isTheStep() {
    assertThat(Encoded.step(StepRecord.of(full()))).isEqualTo(full());
  }

  @Test
  void decode_handles_keepTheirOrder() {
    AStep step = AStep.named("s");
    for (String name : new String[] {"z", "a", "", "ü", "m-1", "m-0"}) {
      step.output(name, "1");
    }
    assertThat(Encoded.step(StepRecord.of(step.build())).getHandleOutputsMap().keySet())
        .containsExactly("z", "a", "", "ü", "m-1", "m-0");
  }

  private static WorkflowStep full() {
    return AStep.named("step-1")
        .lifecycle(AStep.state("error", null, "broke", "execution", "quota", details()))
        .artifact("extraction", "ext_1")
        .startedAt(TIME.toString())
        .completedAt(TIME)
        .createdAt(TIME)
        .workflow("wf_1")
        .model("retab-small")
        .output("out", "{ \"a\":1.50}")
        .input("in", AStep.file("file_1", "a.pdf", "application/pdf"))
        .loop(AStep.loopOf("loop", 2, true, OptionalInt.of(0)))
        .loop(AStep.loopOf("inner", 0, false, OptionalInt.empty()))
        .retryCount(3)
        .build();
  }

  private static StepErrorDetails details() {
    return StepErrorDetails.newBuilder()
        .setMessage("m")
        .setStackTrace("at x")
        .setBlockId("b")
        .setBlockName("B")
        .setErrorCode("E1")
        .setContext(ByteString.copyFromUtf8("{\"a\":1.50}"))
        .build();
  }
}
