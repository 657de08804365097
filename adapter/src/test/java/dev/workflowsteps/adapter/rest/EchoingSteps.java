package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import io.grpc.stub.StreamObserver;

/** Answers with what it was asked: {@code limit} steps of the run, the step, or the states. */
final class EchoingSteps extends WorkflowStepsServiceGrpc.WorkflowStepsServiceImplBase {

  @Override
  public void listWorkflowSteps(
      ListWorkflowStepsRequest request, StreamObserver<ListWorkflowStepsResponse> answer) {
    ListWorkflowStepsResponse.Builder page = ListWorkflowStepsResponse.newBuilder();
    for (int i = 0; i < request.getLimit(); i++) {
      page.addData(WorkflowStep.newBuilder().setRunId(request.getRunId()).setStepId("s" + i));
    }
    answer.onNext(page.setListMetadata(ListMetadata.getDefaultInstance()).build());
    answer.onCompleted();
  }

  /** The states that were asked for, with values that JSON must not leave out. */
  @Override
  public void countWorkflowSteps(
      CountWorkflowStepsRequest request, StreamObserver<CountWorkflowStepsResponse> answer) {
    CountWorkflowStepsResponse.Builder counts = CountWorkflowStepsResponse.newBuilder();
    for (String status : request.getStatusList()) {
      boolean error = status.equals("error");
      counts.addDataBuilder().setStatus(status).setCount(error ? 10_000 : 0).setExact(error);
    }
    counts.getTotalBuilder().setCount(request.getStatusCount() * 5_000);
    answer.onNext(counts.build());
    answer.onCompleted();
  }

  @Override
  public void getWorkflowStep(
      GetWorkflowStepRequest request, StreamObserver<GetWorkflowStepResponse> answer) {
    WorkflowStep.Builder step =
        WorkflowStep.newBuilder().setRunId(request.getRunId()).setStepId(request.getStepId());
    answer.onNext(GetWorkflowStepResponse.newBuilder().setStep(step).build());
    answer.onCompleted();
  }
}
