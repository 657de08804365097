package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.steps.AStep;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RecordWorkflowSteps over the edge's in-process server. */
class RecordStepsTest {

  private final Edge edge = new Edge();
  private final String key = edge.key("acme");

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  @Rule({"handles", "write-strict"})
  void record_tellsWhatBecameOfEach_andKeepsTheOrderOfHandles() {
    WorkflowStep good = document("good").build();
    WorkflowStep bad = document("bad").setBlockType("parser").build();
    RecordWorkflowStepsRequest request =
        RecordWorkflowStepsRequest.newBuilder().addSteps(good).addSteps(bad).build();

    assertThat(outcomes(request)).containsExactly("new", "rejected");
    assertThat(outcomes(request)).containsExactly("unchanged", "rejected");
    assertThat(counted("new")).isEqualTo(1);
    assertThat(counted("unchanged")).isEqualTo(1);
    assertThat(counted("changed")).isZero();
    assertThat(counted("rejected")).isEqualTo(2);
    RecordRejection rejection = stub().recordWorkflowSteps(request).getResults(1).getRejection();
    assertThat(rejection.getField()).isEqualTo("block_type");
    assertThat(rejection.getReason()).contains("did you mean parse?");

    WorkflowStep read =
        stub()
            .getWorkflowStep(GetWorkflowStepRequest.newBuilder().setStepId("good").build())
            .getStep();
    assertThat(read).isEqualTo(good);
    assertThat(read.getHandleOutputsMap().keySet()).containsExactly("z", "a");
  }

  @Test
  @Rule("write-strict")
  void record_rejectsWhatNoStepCanBe() {
    StepHandle json = StepHandle.newBuilder().setType("json").build();
    StepHandle twice =
        AStep.file("f", "f", "m").toBuilder().setData(ByteString.copyFromUtf8("1")).build();
    RecordWorkflowStepsRequest request =
        RecordWorkflowStepsRequest.newBuilder()
            .addSteps(document("a").putHandleInputs("in", json))
            .addSteps(document("b").putHandleInputs("in", twice))
            .addSteps(document("c").putHandleInputs("in", twice.toBuilder().setType("x").build()))
            .addSteps(document("d").setStartedAt(Timestamp.newBuilder().setNanos(-1)))
            .addSteps(document("e").setStartedAt(Timestamp.newBuilder().setNanos(1)))
            .addSteps(
                document("f")
                    .setUnknownFields(
                        UnknownFieldSet.newBuilder()
                            .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                            .build()))
            .addSteps(WorkflowStep.getDefaultInstance())
            .build();

    assertThat(stub().recordWorkflowSteps(request).getResultsList())
        .allSatisfy(result -> assertThat(result.getOutcome()).isEqualTo("rejected"))
        .extracting(result -> result.getRejection().getField())
        .containsExactly(
            "handle_inputs.in.data",
            "handle_inputs.in.data",
            "handle_inputs.in.type",
            "started_at",
            "started_at",
            "step",
            "run_id");
  }

  @Test
  @Rule("write-bounds")
  void record_ofMoreThanAThousand_isRefusedWhole() {
    RecordWorkflowStepsRequest.Builder request = RecordWorkflowStepsRequest.newBuilder();
    for (int i = 0; i < 1_001; i++) {
      request.addSteps(document("s" + i));
    }

    assertThatThrownBy(() -> stub().recordWorkflowSteps(request.build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("steps: 1001 steps (expected: at most 1000)");
    assertThat(outcomes(RecordWorkflowStepsRequest.getDefaultInstance())).isEmpty();
  }

  private double counted(String outcome) {
    return edge.meters.data().documents("step", outcome).count();
  }

  private List<String> outcomes(RecordWorkflowStepsRequest request) {
    return stub().recordWorkflowSteps(request).getResultsList().stream()
        .map(RecordResult::getOutcome)
        .toList();
  }

  private static WorkflowStep.Builder document(String stepId) {
    return AStep.named(stepId)
        .output("z", "{\"n\": 1234.50}")
        .output("a", "{\"n\": 1234.50}")
        .build()
        .toBuilder();
  }

  private WorkflowStepsServiceBlockingStub stub() {
    return edge.steps(Edge.headers(key));
  }
}
