package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.StatusCount;
import dev.workflowsteps.proto.v1.TotalCount;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The edge over its in-process server, with the oracle as storage. */
class StepsServiceTest {

  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private final Edge edge = new Edge();
  private final String key = edge.key("acme");

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void list_answersTheStoredBytes() {
    put("a");
    put("b");

    ListWorkflowStepsResponse page =
        stub().listWorkflowSteps(ListWorkflowStepsRequest.newBuilder().setLimit(1).build());

    assertThat(page.getDataList()).extracting("stepId").containsExactly("a");
    assertThat(page.getListMetadata().hasBefore()).isFalse();
    assertThat(page.getListMetadata().getAfter()).startsWith("wfc1_");
  }

  @Test
  void lists_countTheirCursors_byForm() {
    put("a");
    put("b");
    ListWorkflowStepsRequest first = ListWorkflowStepsRequest.newBuilder().setLimit(1).build();
    String token = stub().listWorkflowSteps(first).getListMetadata().getAfter();

    ListWorkflowStepsResponse byToken =
        stub().listWorkflowSteps(first.toBuilder().setAfter(token).build());
    ListWorkflowStepsResponse byId =
        stub().listWorkflowSteps(first.toBuilder().setAfter("a").build());

    assertThat(byToken.getDataList()).isEqualTo(byId.getDataList()).hasSize(1);
    assertThat(edge.meters.data().cursors("token").count()).isEqualTo(1);
    assertThat(edge.meters.data().cursors("step_id").count()).isEqualTo(1);
    assertThat(edge.meters.data().pageRows().count()).isEqualTo(3);
  }

  @Test
  void seriesThatAlertsNeed_areThereBeforeTheFirstCall() {
    for (String code : List.of("OK", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED")) {
      assertThat(edge.meters.registry().get("workflow_steps.rpc").tag("code", code).timers())
          .as(code)
          .hasSize(7);
    }
    assertThat(edge.meters.registry().get("workflow_steps.calls.refused").counters())
        .extracting(counter -> counter.getId().getTag("reason"))
        .containsExactlyInAnyOrder(
            "queue_full", "waited", "look_ups", "request_bytes", "answer_bytes");
  }

  @Test
  void get_answersOneStep_orSaysThatThereIsNone() {
    put("a");

    assertThat(stub().getWorkflowStep(step("a")).getStep().getStepId()).isEqualTo("a");
    assertThat(Failed.reason(Failed.call(() -> stub().getWorkflowStep(step("b")))))
        .isEqualTo("STEP_NOT_FOUND");
    assertThat(
            Failed.call(() -> stub().getWorkflowStep(GetWorkflowStepRequest.getDefaultInstance()))
                .getStatus()
                .getDescription())
        .isEqualTo("step_id: missing (expected: an id)");
  }

  @Test
  @Rule({"all-at-once", "strict-empty"})
  void everythingThatIsWrong_isToldAtOnce_withoutTheKey() {
    ListWorkflowStepsRequest request =
        ListWorkflowStepsRequest.newBuilder()
            .setRunId("")
            .setStepId("x".repeat(257))
            .addBlockType("extrakt")
            .addStatus("foo")
            .setBefore("a")
            .setAfter("b")
            .setLimit(1001)
            .setOrder("up")
            .build();

    StatusRuntimeException failure = Failed.call(() -> stub().listWorkflowSteps(request));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(Failed.reason(failure)).isEqualTo("INVALID_REQUEST");
    assertThat(Failed.violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("run_id", "step_id", "block_type", "status", "before", "limit", "order");
    assertThat(Failed.violations(failure).getViolations(2).getSuggestion()).isEqualTo("extract");
    assertThat(Failed.reason(Failed.call(() -> stub("wfs_no").listWorkflowSteps(request))))
        .isEqualTo("UNAUTHENTICATED");
  }

  @Test
  @Rule("counts")
  void count_isOfEachStatus_andOfAllTogether() {
    put("a", "running");
    put("b", "completed");
    put("c", "running");

    CountWorkflowStepsResponse all = stub().countWorkflowSteps(counted().build());
    CountWorkflowStepsResponse none =
        stub().countWorkflowSteps(counted().addAllExcludeStatus(Words.STATUS.all()).build());

    assertThat(all)
        .isEqualTo(
            CountWorkflowStepsResponse.newBuilder()
                .addData(StatusCount.newBuilder().setStatus("running").setCount(2).setExact(true))
                .addData(StatusCount.newBuilder().setStatus("completed").setCount(1).setExact(true))
                .setTotal(TotalCount.newBuilder().setCount(3).setExact(true))
                .build());
    assertThat(stub().countWorkflowSteps(counted().addStatus("COMPLETED").build()).getTotal())
        .isEqualTo(TotalCount.newBuilder().setCount(1).setExact(true).build());
    assertThat(none.getDataList()).isEmpty();
    assertThat(none.getTotal().getExact()).isTrue();
  }

  /** What the two requests have in common is read by the same code. */
  @Test
  @Rule({"counts", "all-at-once"})
  void count_isAsStrictAsTheList() {
    CountWorkflowStepsRequest request =
        counted()
            .setRunId("")
            .setStepId("x".repeat(257))
            .addBlockType("extrakt")
            .addStatus("foo")
            .addExcludeStatus("bar")
            .setFromDate("yesterday")
            .setToDate("2026-13-01")
            .build();
    ListWorkflowStepsRequest list =
        ListWorkflowStepsRequest.newBuilder()
            .setRunId("")
            .setStepId("x".repeat(257))
            .addBlockType("extrakt")
            .addStatus("foo")
            .addExcludeStatus("bar")
            .setFromDate("yesterday")
            .setToDate("2026-13-01")
            .build();

    StatusRuntimeException failure = Failed.call(() -> stub().countWorkflowSteps(request));

    assertThat(Failed.violations(failure))
        .isEqualTo(Failed.violations(Failed.call(() -> stub().listWorkflowSteps(list))));
    assertThat(Failed.violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly(
            "run_id", "step_id", "block_type", "status", "exclude_status", "from_date");
    assertThat(Failed.reason(Failed.call(() -> stub("wfs_no").countWorkflowSteps(request))))
        .isEqualTo("UNAUTHENTICATED");
  }

  @Test
  @Rule("error-retry")
  void count_storageThatIsAway_isUnavailable() {
    edge.steps.failScans(
        new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "host db-7 is down"));

    assertThat(Failed.reason(Failed.call(() -> stub().countWorkflowSteps(counted().build()))))
        .isEqualTo("UNAVAILABLE");
  }

  private static CountWorkflowStepsRequest.Builder counted() {
    return CountWorkflowStepsRequest.newBuilder();
  }

  /** Of the characters that take the most to show. */
  @Test
  @Rule("bounded-details")
  void firstViolation_isTold_howeverLongItIs() {
    String longest = "\uDBFF\uDFFF".repeat(64);
    StatusRuntimeException failure =
        Failed.call(
            () ->
                stub()
                    .listWorkflowSteps(
                        ListWorkflowStepsRequest.newBuilder().addBlockType(longest).build()));

    assertThat(Failed.violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("block_type");
    assertThat(StatusProto.fromThrowable(failure).getSerializedSize()).isLessThan(6_000);
  }

  @Test
  @Rule("bounded-details")
  void details_stayFarBelowAClientsLimit_howeverMuchIsWrong() {
    List<String> words = IntStream.range(0, 50).mapToObj(i -> "word".repeat(40) + i).toList();
    StatusRuntimeException failure =
        Failed.call(
            () ->
                stub()
                    .listWorkflowSteps(
                        ListWorkflowStepsRequest.newBuilder()
                            .addAllBlockType(words)
                            .addAllStatus(words)
                            .build()));

    Violations violations = Failed.violations(failure);
    assertThat(violations.getViolationsCount() + violations.getOmitted()).isEqualTo(100);
    assertThat(StatusProto.fromThrowable(failure).getSerializedSize()).isLessThan(6_000);
  }

  @Test
  @Rule("all-at-once")
  void findingsOfTheRestAdapter_comeFirst() throws IOException {
    Metadata headers = Edge.headers(key);
    headers.put(
        CallHeaders.VIOLATIONS,
        Violations.newBuilder()
            .addViolations(
                Violation.newBuilder()
                    .setField("foo")
                    .setReason("unknown_parameter")
                    .setDescription("foo: unknown parameter"))
            .build()
            .toByteArray());

    StatusRuntimeException failure =
        Failed.call(
            () ->
                edge.steps(headers)
                    .listWorkflowSteps(ListWorkflowStepsRequest.newBuilder().setLimit(0).build()));

    assertThat(Failed.violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("foo", "limit");
  }

  @Test
  @Rule("error-details")
  void requestThatIsNoProtobuf_isMalformed() {
    MethodDescriptor<byte[], byte[]> method =
        RawBytes.method(
            MethodDescriptor.MethodType.UNARY,
            WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName());

    StatusRuntimeException failure =
        Failed.call(
            () ->
                ClientCalls.blockingUnaryCall(
                    io.grpc.ClientInterceptors.intercept(
                        edge.channel, MetadataUtils.newAttachHeadersInterceptor(Edge.headers(key))),
                    method,
                    CallOptions.DEFAULT,
                    new byte[] {(byte) 0xff}));

    assertThat(Failed.reason(failure)).isEqualTo("MALFORMED_REQUEST");
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "NOT_MIGRATED"})
  @Rule({"error-inside", "error-retry"})
  void storageThatIsAway_isUnavailable_withoutAWordOfTheInside(FailedCallException.Reason reason)
      throws IOException {
    edge.steps.failScans(new FailedCallException(reason, "host db-7 is down"));

    StatusRuntimeException failure =
        Failed.call(() -> stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription()).doesNotContain("db-7");
    assertThat(Failed.detail(failure, RetryInfo.class)).isPresent();
  }

  @Test
  void storageThatIsNotMigrated_saysWhatTheOperatorHasToDo() {
    edge.steps.failScans(new FailedCallException(FailedCallException.Reason.NOT_MIGRATED, "acme"));

    StatusRuntimeException failure =
        Failed.call(() -> stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getDescription())
        .contains("sorted by ended_at", "has run workflow-steps migrate")
        .doesNotContain("acme");
  }

  @Test
  @Rule("error-inside")
  void errorOfTheProgram_isInternal_withoutAWordOfTheInside() {
    edge.steps.failScans(new IllegalStateException("column secret"));

    StatusRuntimeException failure =
        Failed.call(() -> stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).doesNotContain("secret");
  }

  @Test
  @Rule("grpc-request-id")
  void requestId_isTheCallersOrANewOne() {
    Metadata named = Edge.headers("wfs_no");
    named.put(REQUEST_ID, "my-id.1");
    Metadata odd = Edge.headers("wfs_no");
    odd.put(REQUEST_ID, "not usable");
    ListWorkflowStepsRequest request = ListWorkflowStepsRequest.getDefaultInstance();

    assertThat(
            Failed.call(() -> edge.steps(named).listWorkflowSteps(request))
                .getTrailers()
                .get(REQUEST_ID))
        .isEqualTo("my-id.1");
    assertThat(
            Failed.call(() -> edge.steps(odd).listWorkflowSteps(request))
                .getTrailers()
                .get(REQUEST_ID))
        .startsWith("req_");
  }

  @Test
  @Rule({"cursor-plain", "error-details"})
  void cursorThatIsNone_isNamedByItsParameterAndItsValue() {
    StatusRuntimeException failure =
        Failed.call(() -> stub().listWorkflowSteps(inRun().setBefore("nothing").build()));

    assertThat(Failed.reason(failure)).isEqualTo("CURSOR_NOT_FOUND");
    assertThat(failure.getStatus().getDescription())
        .isEqualTo(
            "Cursor does not match a resource in this organization. It may be stale, malformed, or"
                + " belong to a different scope.");
    assertThat(Failed.violations(failure).getViolationsList())
        .containsExactly(
            Violation.newBuilder()
                .setField("before")
                .setValue("nothing")
                .setReason("cursor_not_found")
                .setDescription(failure.getStatus().getDescription())
                .build());
  }

  @Test
  @Rule("bounded-details")
  void valueOfAViolation_isAsItWasGiven_andCut() {
    String word = "a\"\t" + "é".repeat(70);
    StatusRuntimeException failure =
        Failed.call(() -> stub().listWorkflowSteps(inRun().addStatus(word).build()));

    assertThat(Failed.violations(failure).getViolations(0).getValue())
        .isEqualTo("a\"\t" + "é".repeat(61));
    assertThat(failure.getStatus().getDescription()).contains("a\\\"\\u0009é").contains("é…");
  }

  @Test
  @Rule("limit")
  void limit_isTwentyIfAbsent_withARunOrWithout_andAtMostAThousand() {
    for (int i = 0; i < 25; i++) {
      put("s" + i);
    }

    assertThat(stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()))
        .extracting(ListWorkflowStepsResponse::getDataCount)
        .isEqualTo(20);
    assertThat(stub().listWorkflowSteps(inRun().build()).getDataCount()).isEqualTo(20);
    assertThat(stub().listWorkflowSteps(inRun().setLimit(1_000).build()).getDataCount())
        .isEqualTo(25);
    assertThat(
            Failed.reason(
                Failed.call(() -> stub().listWorkflowSteps(inRun().setLimit(1_001).build()))))
        .isEqualTo("INVALID_VALUE");
  }

  @Test
  @Rule({"list-bounds", "retired-words"})
  void words_areFiftyAtMost_sameOnesCountOnce_andRetiredOnesAreKnown() {
    ListWorkflowStepsRequest many =
        inRun().addAllStatus(Collections.nCopies(200, "waiting_for_human")).build();
    List<String> words = IntStream.range(0, 51).mapToObj(i -> "word" + i).toList();

    assertThat(stub().listWorkflowSteps(many).getDataCount()).isZero();
    assertThat(
            Failed.call(() -> stub().listWorkflowSteps(inRun().addAllStatus(words).build()))
                .getStatus()
                .getDescription())
        .isEqualTo("status: 51 values (expected: at most 50)");
  }

  @Test
  @Rule("value-forms")
  void words_areReadInEverySpelling() {
    put("s");

    for (String spelling : List.of("note", "NOTE", "Note", "WorkflowRunStepBlockType.NOTE")) {
      assertThat(stub().listWorkflowSteps(inRun().addBlockType(spelling).build()).getDataCount())
          .as(spelling)
          .isEqualTo(1);
    }
    for (String spelling : List.of("AWAITING_REVIEW", "AwaitingReview", "Status.AwaitingReview")) {
      assertThat(stub().listWorkflowSteps(inRun().addStatus(spelling).build()).getDataCount())
          .as(spelling)
          .isZero();
    }
  }

  private static ListWorkflowStepsRequest.Builder inRun() {
    return ListWorkflowStepsRequest.newBuilder().setRunId("run");
  }

  private void put(String stepId) {
    put(stepId, "running");
  }

  private void put(String stepId, String status) {
    byte[] head =
        dev.workflowsteps.proto.v1.WorkflowStep.newBuilder()
            .setRunId("run")
            .setStepId(stepId)
            .build()
            .toByteArray();
    edge.steps.write(
        "acme",
        List.of(
            new StepRecord(
                new StepPosition(1, stepId, "run"),
                StepPosition.NO_TIME,
                Optional.empty(),
                "b",
                "note",
                status,
                0,
                new EncodedStep(head, new byte[0], new byte[0]),
                List.of())),
        Call.within(Duration.ofSeconds(1)));
  }

  private WorkflowStepsServiceBlockingStub stub() {
    return stub(key);
  }

  private WorkflowStepsServiceBlockingStub stub(String apiKey) {
    return edge.steps(Edge.headers(apiKey));
  }

  private static GetWorkflowStepRequest step(String stepId) {
    return GetWorkflowStepRequest.newBuilder().setStepId(stepId).build();
  }
}
