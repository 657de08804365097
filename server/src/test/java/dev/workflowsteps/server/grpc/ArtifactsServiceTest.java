package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc.WorkflowArtifactsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifacts over the edge's in-process server, with the oracle as storage. */
class ArtifactsServiceTest {

  private final Edge edge = new Edge();
  private final String acme = edge.key("acme");
  private final String beta = edge.key("beta");

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void record_thenListAndGet_givesTheBytesThatWereSent() {
    String json = json("a1", "r1", "s1", ", \"output\" : 1.50");
    assertThat(record(json)).extracting(RecordResult::getOutcome).containsExactly("new");
    assertThat(record(json)).extracting(RecordResult::getOutcome).containsExactly("unchanged");

    WorkflowArtifact listed = list(ofRun("r1")).getData(0);

    assertThat(listed.getRecord().toStringUtf8()).isEqualTo(json);
    assertThat(listed.getOperation()).isEqualTo("edit");
    assertThat(listed.getId()).isEqualTo("a1");
    assertThat(listed.getRunId()).isEqualTo("r1");
    assertThat(listed.getStepId()).isEqualTo("s1");
    assertThat(get(acme, "a1")).isEqualTo(listed);
  }

  @Test
  void record_brokenOne_keepsTheOthers() {
    List<RecordResult> results =
        record("{\"operation\":\"edit\"}", json("a2", "r1", "s1", ""), "nothing");

    assertThat(results)
        .extracting(RecordResult::getOutcome)
        .containsExactly("rejected", "new", "rejected");
    assertThat(results.get(0).getRejection().getField()).isEqualTo("id");
    assertThat(results.get(2).getRejection().getField()).isEqualTo("document");
  }

  @Test
  void list_pages_giveEachRecordOnce() {
    record(json("a1", "r1", "s1", ""), json("a2", "r1", "s1", ""), json("a3", "r1", "s2", ""));
    steps("s1", "s2");

    ListWorkflowArtifactsResponse first = list(ofRun("r1").setLimit(1));
    // In the midst of a step's records its id would not tell the place.
    assertThat(first.getListMetadata().getAfter()).startsWith("wfc1_");
    ListWorkflowArtifactsResponse second =
        list(ofRun("r1").setLimit(1).setAfter(first.getListMetadata().getAfter()));
    assertThat(second.getData(0).getId()).isEqualTo("a2");
    assertThat(second.getListMetadata().getAfter()).isEqualTo("s1");
    ListWorkflowArtifactsResponse third = list(ofRun("r1").setLimit(1).setAfter("s1"));
    assertThat(third.getData(0).getId()).isEqualTo("a3");
    assertThat(third.getListMetadata().hasAfter()).isFalse();
    assertThat(third.getListMetadata().getBefore()).isEqualTo("s2");
    assertThat(list(ofRun("r1").setBefore("s2")).getDataList())
        .extracting(WorkflowArtifact::getId)
        .containsExactly("a1", "a2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"function_invocation", "FunctionInvocation", "Operation.FUNCTION_INVOCATION"})
  @Rule("value-forms")
  void list_operation_isReadAsClientsWriteIt(String operation) {
    record(
        json("a1", "r1", "s1", ""),
        json("a2", "r1", "s2", "").replace("edit", "function_invocation"));

    assertThat(list(ofRun("r1").setOperation(operation)).getDataList())
        .extracting(WorkflowArtifact::getId)
        .containsExactly("a2");
  }

  @Test
  @Rule("artifact-filter")
  void list_neitherRunNorStep_isToldAlone() {
    assertThat(Failed.reason(() -> list(ListWorkflowArtifactsRequest.newBuilder())))
        .isEqualTo("MISSING_FILTER");
    assertThat(Failed.reason(() -> list(ListWorkflowArtifactsRequest.newBuilder().setLimit(201))))
        .isEqualTo("INVALID_REQUEST");
    assertThat(Failed.reason(() -> list(ofRun("r1").setLimit(201)))).isEqualTo("INVALID_VALUE");
    assertThat(Failed.reason(() -> list(ofRun("r1").setOperation("painting"))))
        .isEqualTo("INVALID_VALUE");
  }

  @Test
  void list_runThatTheRestAdapterCouldNotRead_isNotMissingToo() {
    Metadata headers = new Metadata();
    headers.put(
        CallHeaders.VIOLATIONS,
        Violations.newBuilder()
            .addViolations(
                Violation.newBuilder().setField("run_id").setReason("repeated_parameter"))
            .build()
            .toByteArray());

    assertThat(
            Failed.reason(
                () ->
                    stub(acme)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .listWorkflowArtifacts(ListWorkflowArtifactsRequest.getDefaultInstance())))
        .isEqualTo("REPEATED_PARAMETER");
  }

  @Test
  @Rule("artifact-filter")
  void list_stepAlone_isItsRecordUnlessSeveralRunsHoldIt() {
    record(json("a1", "r1", "s1", ""));
    assertThat(list(ofStep("s1")).getDataList())
        .extracting(WorkflowArtifact::getId)
        .containsExactly("a1");
    assertThat(list(ofStep("s2")).getDataList()).isEmpty();

    record(json("a2", "r2", "s1", ""));
    assertThat(Failed.reason(() -> list(ofStep("s1")))).isEqualTo("STEP_AMBIGUOUS");
    assertThat(list(ofStep("s1").setRunId("r2")).getDataList())
        .extracting(WorkflowArtifact::getId)
        .containsExactly("a2");
  }

  @Test
  void cursors_thatAreNone_areToldByTheirReason() {
    record(json("a1", "r1", "s1", ""), json("a2", "r1", "s2", ""));
    String token = list(ofRun("r1").setLimit(1)).getListMetadata().getAfter();

    assertThat(Failed.reason(() -> list(ofRun("r1").setAfter("nothing"))))
        .isEqualTo("CURSOR_NOT_FOUND");
    assertThat(Failed.reason(() -> list(ofRun("r2").setAfter(token))))
        .isEqualTo("CURSOR_FILTER_MISMATCH");
    assertThat(
            Failed.reason(
                () -> stub(beta).listWorkflowArtifacts(ofRun("r1").setAfter(token).build())))
        .isEqualTo("CURSOR_NOT_FOUND");
  }

  @Test
  @Rule("foreign")
  void anotherOrganizationsRecord_isLikeNone() {
    record(json("a1", "r1", "s1", ""));

    assertThat(Failed.reason(() -> get(beta, "a1"))).isEqualTo("ARTIFACT_NOT_FOUND");
    assertThat(Failed.reason(() -> get(beta, "a2"))).isEqualTo("ARTIFACT_NOT_FOUND");
    assertThat(stub(beta).listWorkflowArtifacts(ofRun("r1").build()).getDataList()).isEmpty();
  }

  private void steps(String... ids) {
    new StepRecorder(edge.steps)
        .record(
            "acme",
            Arrays.stream(ids).map(id -> AStep.named(id).run("r1").build()).toList(),
            Call.within(Duration.ofSeconds(10)));
  }

  private static String json(String id, String run, String step, String more) {
    return "{\"operation\":\"edit\",\"id\":\""
        + id
        + "\",\"run_id\":\""
        + run
        + "\",\"step_id\":\""
        + step
        + "\",\"created_at\":\"2026-03-12T09:00:00Z\""
        + more
        + "}";
  }

  private List<RecordResult> record(String... records) {
    RecordWorkflowArtifactsRequest.Builder request = RecordWorkflowArtifactsRequest.newBuilder();
    for (String record : records) {
      request.addRecords(ByteString.copyFromUtf8(record));
    }
    return stub(acme).recordWorkflowArtifacts(request.build()).getResultsList();
  }

  private ListWorkflowArtifactsResponse list(ListWorkflowArtifactsRequest.Builder request) {
    return stub(acme).listWorkflowArtifacts(request.build());
  }

  private WorkflowArtifact get(String key, String id) {
    return stub(key)
        .getWorkflowArtifact(GetWorkflowArtifactRequest.newBuilder().setArtifactId(id).build())
        .getArtifact();
  }

  private static ListWorkflowArtifactsRequest.Builder ofRun(String run) {
    return ListWorkflowArtifactsRequest.newBuilder().setRunId(run);
  }

  private static ListWorkflowArtifactsRequest.Builder ofStep(String step) {
    return ListWorkflowArtifactsRequest.newBuilder().setStepId(step);
  }

  private WorkflowArtifactsServiceBlockingStub stub(String key) {
    return edge.artifacts(Edge.headers(key));
  }
}
