package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** A service that does what a test asks for. */
final class FakeSteps extends WorkflowStepsServiceGrpc.WorkflowStepsServiceImplBase {

  final CompletableFuture<Boolean> called = new CompletableFuture<>();
  final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
  volatile ListWorkflowStepsRequest listed;
  volatile Status fails;
  volatile Metadata failsWith = new Metadata();
  volatile boolean hangs;
  volatile StreamObserver<ListWorkflowStepsResponse> hanging;

  @Override
  public void listWorkflowSteps(
      ListWorkflowStepsRequest request, StreamObserver<ListWorkflowStepsResponse> answer) {
    listed = request;
    if (hangs) {
      hanging = answer;
      Context.current().addListener(context -> cancelled.complete(true), Runnable::run);
      called.complete(true);
    } else if (fails != null) {
      answer.onError(fails.asRuntimeException(failsWith));
    } else {
      answer(answer);
    }
  }

  void answer(StreamObserver<ListWorkflowStepsResponse> observer) {
    observer.onNext(
        ListWorkflowStepsResponse.newBuilder()
            .addData(WorkflowStep.newBuilder().setStepId("s"))
            .setListMetadata(ListMetadata.newBuilder().setAfter("c"))
            .build());
    observer.onCompleted();
  }

  @Override
  public void getWorkflowStep(
      GetWorkflowStepRequest request, StreamObserver<GetWorkflowStepResponse> answer) {
    answer.onNext(
        GetWorkflowStepResponse.newBuilder()
            .setStep(
                WorkflowStep.newBuilder()
                    .setRunId(request.getRunId())
                    .setStepId(request.getStepId()))
            .build());
    answer.onCompleted();
  }
}
