package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.workflowsteps.proto.v1.DocumentRef;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.artifacts.ArtifactLister;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.DescribedStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StepScan;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.StoredStep;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The edge over its in-process server, with the oracle as storage. */
class StepsServiceTest {

  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private final InMemoryStepStore store = new InMemoryStepStore();
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final Readiness readiness = new Readiness();
  private RuntimeException storeFails;
  private GrpcServer server;
  private ManagedChannel channel;
  private String key;

  @BeforeEach
  void start() {
    InMemoryKeyStore keyStore = new InMemoryKeyStore();
    KeyService keys = new KeyService(keyStore, Clock.systemUTC());
    keys.ensureOrganization("acme", true);
    ApiKey created = keys.create("acme", Optional.empty());
    key = created.text();
    server =
        new GrpcServer(
            "127.0.0.1",
            0,
            2,
            new StepLister(new Failing(), store, 1_000_000),
            new StepRecorder(store),
            new ArtifactLister(new InMemoryArtifactStore(store), 1_000_000),
            new ArtifactRecorder(new InMemoryArtifactStore(store)),
            new Authenticator(keyStore, Clock.systemUTC()),
            Duration.ofSeconds(10),
            readiness,
            meters);
    server.start();
    channel = server.channel();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    readiness.close();
    meters.close();
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
  @Rule({"handles", "write-strict"})
  void record_tellsWhatBecameOfEach_andKeepsTheOrderOfHandles() {
    WorkflowStep good = document("good").build();
    WorkflowStep bad = document("bad").setBlockType("parser").build();
    RecordWorkflowStepsRequest request =
        RecordWorkflowStepsRequest.newBuilder().addSteps(good).addSteps(bad).build();

    assertThat(outcomes(request)).containsExactly("new", "rejected");
    assertThat(outcomes(request)).containsExactly("unchanged", "rejected");
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
        StepHandle.newBuilder()
            .setType("file")
            .setDocument(DocumentRef.newBuilder().setId("f").setFilename("f").setMimeType("m"))
            .setData(ByteString.copyFromUtf8("1"))
            .build();
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

  private List<String> outcomes(RecordWorkflowStepsRequest request) {
    return stub().recordWorkflowSteps(request).getResultsList().stream()
        .map(RecordResult::getOutcome)
        .toList();
  }

  private static WorkflowStep.Builder document(String stepId) {
    ByteString number = ByteString.copyFromUtf8("{\"n\": 1234.50}");
    return WorkflowStep.newBuilder()
        .setRunId("run")
        .setBlockId("block")
        .setStepId(stepId)
        .setBlockType("parse")
        .setBlockLabel("Parse")
        .setLifecycle(StepLifecycle.newBuilder().setStatus("running"))
        .putHandleOutputs("z", StepHandle.newBuilder().setType("json").setData(number).build())
        .putHandleOutputs("a", StepHandle.newBuilder().setType("json").setData(number).build());
  }

  @Test
  void get_answersOneStep_orSaysThatThereIsNone() {
    put("a");

    assertThat(stub().getWorkflowStep(step("a")).getStep().getStepId()).isEqualTo("a");
    assertThat(reason(failure(() -> stub().getWorkflowStep(step("b")))))
        .isEqualTo("STEP_NOT_FOUND");
    assertThat(
            failure(() -> stub().getWorkflowStep(GetWorkflowStepRequest.getDefaultInstance()))
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

    StatusRuntimeException failure = failure(() -> stub().listWorkflowSteps(request));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(reason(failure)).isEqualTo("INVALID_REQUEST");
    assertThat(violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("run_id", "step_id", "block_type", "status", "before", "limit", "order");
    assertThat(violations(failure).getViolations(2).getSuggestion()).isEqualTo("extract");
    assertThat(reason(failure(() -> stub("wfs_no").listWorkflowSteps(request))))
        .isEqualTo("UNAUTHENTICATED");
  }

  @Test
  @Rule("bounded-details")
  void details_stayFarBelowAClientsLimit_howeverMuchIsWrong() {
    List<String> words = IntStream.range(0, 50).mapToObj(i -> "word".repeat(40) + i).toList();
    StatusRuntimeException failure =
        failure(
            () ->
                stub()
                    .listWorkflowSteps(
                        ListWorkflowStepsRequest.newBuilder()
                            .addAllBlockType(words)
                            .addAllStatus(words)
                            .build()));

    Violations violations = violations(failure);
    assertThat(violations.getViolationsCount() + violations.getOmitted()).isEqualTo(100);
    assertThat(StatusProto.fromThrowable(failure).getSerializedSize()).isLessThan(6_000);
  }

  @Test
  @Rule("all-at-once")
  void findingsOfTheRestAdapter_comeFirst() throws IOException {
    Metadata headers = headers(key);
    headers.put(
        Authentication.VIOLATIONS,
        Violations.newBuilder()
            .addViolations(
                Violation.newBuilder()
                    .setField("foo")
                    .setReason("unknown_parameter")
                    .setDescription("foo: unknown parameter"))
            .build()
            .toByteArray());

    StatusRuntimeException failure =
        failure(
            () ->
                stub(headers)
                    .listWorkflowSteps(ListWorkflowStepsRequest.newBuilder().setLimit(0).build()));

    assertThat(violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly("foo", "limit");
  }

  @Test
  @Rule("error-details")
  void requestThatIsNoProtobuf_isMalformed() {
    MethodDescriptor<byte[], ListWorkflowStepsResponse> method =
        WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().toBuilder(
                new Bytes(),
                WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getResponseMarshaller())
            .build();

    StatusRuntimeException failure =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    io.grpc.ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers(key))),
                    method,
                    CallOptions.DEFAULT,
                    new byte[] {(byte) 0xff}));

    assertThat(reason(failure)).isEqualTo("MALFORMED_REQUEST");
  }

  @Test
  @Rule({"error-inside", "error-retry"})
  void storageThatIsAway_isUnavailable_withoutAWordOfTheInside() throws IOException {
    storeFails = new StepsException(StepsException.Reason.UNAVAILABLE, "host db-7 is down");

    StatusRuntimeException failure =
        failure(() -> stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription()).doesNotContain("db-7");
    assertThat(detail(failure, RetryInfo.class)).isPresent();
  }

  @Test
  @Rule("error-inside")
  void errorOfTheProgram_isInternal_withoutAWordOfTheInside() {
    storeFails = new IllegalStateException("column secret");

    StatusRuntimeException failure =
        failure(() -> stub().listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).doesNotContain("secret");
  }

  @Test
  @Rule("grpc-request-id")
  void requestId_isTheCallersOrANewOne() {
    Metadata named = headers("wfs_no");
    named.put(REQUEST_ID, "my-id.1");
    Metadata odd = headers("wfs_no");
    odd.put(REQUEST_ID, "not usable");
    ListWorkflowStepsRequest request = ListWorkflowStepsRequest.getDefaultInstance();

    assertThat(failure(() -> stub(named).listWorkflowSteps(request)).getTrailers().get(REQUEST_ID))
        .isEqualTo("my-id.1");
    assertThat(failure(() -> stub(odd).listWorkflowSteps(request)).getTrailers().get(REQUEST_ID))
        .startsWith("req_");
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
    assertThat(reason(failure(() -> stub().listWorkflowSteps(inRun().setLimit(1_001).build()))))
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
            failure(() -> stub().listWorkflowSteps(inRun().addAllStatus(words).build()))
                .getStatus()
                .getDescription())
        .isEqualTo("status: 51 values (expected: at most 50)");
  }

  private static ListWorkflowStepsRequest.Builder inRun() {
    return ListWorkflowStepsRequest.newBuilder().setRunId("run");
  }

  private void put(String stepId) {
    byte[] head =
        dev.workflowsteps.proto.v1.WorkflowStep.newBuilder()
            .setRunId("run")
            .setStepId(stepId)
            .build()
            .toByteArray();
    store.write(
        "acme",
        List.of(
            new StepRecord(
                new StepPosition(1, stepId, "run"),
                Optional.empty(),
                "b",
                "note",
                "running",
                0,
                head,
                new byte[0],
                new byte[0],
                List.of())),
        Call.within(Duration.ofSeconds(1)));
  }

  private WorkflowStepsServiceBlockingStub stub() {
    return stub(key);
  }

  private WorkflowStepsServiceBlockingStub stub(String apiKey) {
    return stub(headers(apiKey));
  }

  private WorkflowStepsServiceBlockingStub stub(Metadata headers) {
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Metadata headers(String apiKey) {
    Metadata headers = new Metadata();
    headers.put(Authentication.API_KEY, apiKey);
    return headers;
  }

  private static GetWorkflowStepRequest step(String stepId) {
    return GetWorkflowStepRequest.newBuilder().setStepId(stepId).build();
  }

  private static StatusRuntimeException failure(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  private static String reason(StatusRuntimeException failure) {
    return detail(failure, ErrorInfo.class).orElseThrow().getReason();
  }

  private static Violations violations(StatusRuntimeException failure) {
    return detail(failure, Violations.class).orElseThrow();
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      StatusRuntimeException failure, Class<T> type) {
    try {
      for (Any detail : StatusProto.fromThrowable(failure).getDetailsList()) {
        if (detail.is(type)) {
          return Optional.of(detail.unpack(type));
        }
      }
      return Optional.empty();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The oracle, or the failure that a test set. */
  private final class Failing implements StepStore {
    @Override
    public List<StoredStep> scan(StepScan scan, Call call) {
      if (storeFails != null) {
        throw storeFails;
      }
      return store.scan(scan, call);
    }

    @Override
    public List<StoredStep> find(
        String organizationId, String stepId, Optional<String> runId, int most, Call call) {
      return store.find(organizationId, stepId, runId, most, call);
    }

    @Override
    public List<StepPosition> positions(
        String organizationId, String stepId, Optional<String> runId, int most, Call call) {
      return store.positions(organizationId, stepId, runId, most, call);
    }

    @Override
    public List<DescribedStep> describe(
        String organizationId, Collection<StepKey> keys, Call call) {
      return store.describe(organizationId, keys, call);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new AssertionError("requests are not read here");
    }
  }
}
