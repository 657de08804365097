package dev.workflowsteps.adapter.exact;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/** The generated client with default limits. */
final class GrpcTransport implements Transport {

  private final ManagedChannel channel;
  private final WorkflowStepsServiceBlockingStub stub;

  GrpcTransport(int port, String key) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    stub =
        WorkflowStepsServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public Page list(Question question) {
    ListWorkflowStepsRequest.Builder request =
        ListWorkflowStepsRequest.newBuilder()
            .addAllBlockType(question.types())
            .addAllStatus(question.statuses())
            .setOrder(question.descending() ? "desc" : "asc")
            .setLimit(question.limit());
    Map<String, String> exact = question.exact();
    if (exact.containsKey("run_id")) {
      request.setRunId(exact.get("run_id"));
    }
    if (exact.containsKey("workflow_id")) {
      request.setWorkflowId(exact.get("workflow_id"));
    }
    if (exact.containsKey("block_id")) {
      request.setBlockId(exact.get("block_id"));
    }
    if (exact.containsKey("step_id")) {
      request.setStepId(exact.get("step_id"));
    }
    if (question.before() != null) {
      request.setBefore(question.before());
    }
    if (question.after() != null) {
      request.setAfter(question.after());
    }
    ListWorkflowStepsResponse answer = stub.listWorkflowSteps(request.build());
    return new Page(
        answer.getDataList().stream().map(GrpcTransport::row).toList(),
        answer.getListMetadata().hasBefore() ? answer.getListMetadata().getBefore() : null,
        answer.getListMetadata().hasAfter() ? answer.getListMetadata().getAfter() : null,
        answer.getSerializedSize());
  }

  private static Row row(WorkflowStep step) {
    Map<String, String> payloads = new LinkedHashMap<>();
    collect(payloads, ".handle_outputs.", step.getHandleOutputsMap());
    collect(payloads, ".handle_inputs.", step.getHandleInputsMap());
    return new Row(
        step.getRunId(), step.getStepId(), step.getLifecycle().getStatus(), payloads, null);
  }

  private static void collect(
      Map<String, String> payloads, String path, Map<String, StepHandle> handles) {
    handles.forEach(
        (name, handle) -> {
          if (handle.hasData()) {
            payloads.put(path + name + ".data", handle.getData().toStringUtf8());
          }
        });
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
