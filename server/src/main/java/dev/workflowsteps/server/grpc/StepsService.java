package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.steps.Page;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.WriteResult;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code workflows.v1.WorkflowStepsService}: decode, ask the use case, encode. */
final class StepsService {

  private static final Logger LOG = LoggerFactory.getLogger(StepsService.class);

  private final StepLister lister;
  private final StepRecorder recorder;
  private final Duration callTimeout;
  private final Meters meters;

  StepsService(StepLister lister, StepRecorder recorder, Duration callTimeout, Meters meters) {
    this.lister = lister;
    this.recorder = recorder;
    this.callTimeout = callTimeout;
    this.meters = meters;
  }

  ServerServiceDefinition definition() {
    MethodDescriptor<Optional<ListWorkflowStepsRequest>, EncodedMessage> list =
        method(
            WorkflowStepsServiceGrpc.getListWorkflowStepsMethod(),
            ListWorkflowStepsRequest.getDefaultInstance());
    MethodDescriptor<Optional<GetWorkflowStepRequest>, EncodedMessage> get =
        method(
            WorkflowStepsServiceGrpc.getGetWorkflowStepMethod(),
            GetWorkflowStepRequest.getDefaultInstance());
    MethodDescriptor<Optional<RecordWorkflowStepsRequest>, EncodedMessage> record =
        method(
            WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod(),
            RecordWorkflowStepsRequest.getDefaultInstance());
    ServiceDescriptor generated = WorkflowStepsServiceGrpc.getServiceDescriptor();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor())
            .addMethod(list)
            .addMethod(get)
            .addMethod(record)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(list, ServerCalls.asyncUnaryCall((r, out) -> answer(r, out, this::list)))
        .addMethod(get, ServerCalls.asyncUnaryCall((r, out) -> answer(r, out, this::get)))
        .addMethod(record, ServerCalls.asyncUnaryCall((r, out) -> answer(r, out, this::record)))
        .build();
  }

  private EncodedMessage list(ListWorkflowStepsRequest request) {
    Page page =
        lister.list(
            StepQueryDecoder.list(Caller.current(), request), GrpcCall.current(callTimeout));
    EncodedMessage answer = StepEncoder.page(page);
    meters.pageRows().record(page.steps().size());
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
    Arrived arrived = Arrived.of(caller, request);
    List<WriteResult> results =
        recorder.record(caller.organizationId(), arrived.steps(), GrpcCall.current(callTimeout));
    return arrived.answer(results);
  }

  /** Answers once, whatever happens. */
  private static <T> void answer(
      Optional<T> request, StreamObserver<EncodedMessage> out, Function<T, EncodedMessage> use) {
    EncodedMessage answer;
    try {
      answer = use.apply(request.orElseThrow(StepsService::malformed));
    } catch (StepsException e) {
      out.onError(logged(e));
      return;
    } catch (StatusRuntimeException e) {
      out.onError(e);
      return;
    } catch (RuntimeException e) {
      LOG.error("a call failed by an error of the program", e);
      out.onError(Errors.internal());
      return;
    }
    try {
      out.onNext(answer);
      out.onCompleted();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.CANCELLED) {
        throw e;
      }
      LOG.debug("the caller went away before the answer");
    }
  }

  private static StatusRuntimeException malformed() {
    return Errors.of(
        ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
        "The request message is no protobuf of the method's request type.");
  }

  private static StatusRuntimeException logged(StepsException e) {
    if (e.reason() == StepsException.Reason.UNAVAILABLE) {
      LOG.warn("the storage is unavailable: {}", e.getMessage());
    }
    return Errors.of(e);
  }

  private static <T extends Message> MethodDescriptor<Optional<T>, EncodedMessage> method(
      MethodDescriptor<T, ?> generated, T defaultInstance) {
    return generated.toBuilder(new RequestMarshaller<>(defaultInstance), EncodedMessage.MARSHALLER)
        .build();
  }
}
