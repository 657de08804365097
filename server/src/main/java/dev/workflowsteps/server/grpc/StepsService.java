package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.steps.Page;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.WriteResult;
import dev.workflowsteps.server.stores.Stores;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.List;

/** {@code workflows.v1.WorkflowStepsService}: decode, ask the use case, encode. */
final class StepsService {

  private final StepLister lister;
  private final StepRecorder recorder;
  private final Duration callTimeout;
  private final Meters meters;

  StepsService(Settings settings, Stores stores, Meters meters) {
    this.lister =
        new StepLister(stores.stepStore(), stores.payloadStore(), settings.get(Setting.PAGE_BYTES));
    this.recorder = new StepRecorder(stores.stepWriter());
    this.callTimeout = settings.get(Setting.CALL_TIMEOUT);
    this.meters = meters;
  }

  ServerServiceDefinition definition() {
    return new UnaryService(WorkflowStepsServiceGrpc.getServiceDescriptor())
        .method(
            WorkflowStepsServiceGrpc.getListWorkflowStepsMethod(),
            ListWorkflowStepsRequest.getDefaultInstance(),
            this::list)
        .method(
            WorkflowStepsServiceGrpc.getGetWorkflowStepMethod(),
            GetWorkflowStepRequest.getDefaultInstance(),
            this::get)
        .method(
            WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod(),
            RecordWorkflowStepsRequest.getDefaultInstance(),
            this::record)
        .definition();
  }

  private EncodedMessage list(ListWorkflowStepsRequest request) {
    Page<StoredStep> page =
        lister.list(
            StepQueryDecoder.list(Caller.current(), request), GrpcCall.current(callTimeout));
    EncodedMessage answer = StepEncoder.page(page);
    meters.pageRows().record(page.rows().size());
    meters.pageBytes().record((double) answer.size());
    return answer;
  }

  private EncodedMessage get(GetWorkflowStepRequest request) {
    Caller caller = Caller.current();
    StepQueryDecoder.StepName name = StepQueryDecoder.step(caller, request);
    return StepEncoder.step(
        lister.get(
            caller.organizationId(), name.stepId(), name.runId(), GrpcCall.current(callTimeout)));
  }

  private EncodedMessage record(RecordWorkflowStepsRequest request) {
    Caller caller = Caller.current();
    RecordResults.checkCount(caller, request, "steps");
    List<WriteResult> recorded =
        recorder.record(
            caller.organizationId(), request.getStepsList(), GrpcCall.current(callTimeout));
    return EncodedMessage.of(
        RecordWorkflowStepsResponse.newBuilder().addAllResults(RecordResults.of(recorded)).build());
  }
}
