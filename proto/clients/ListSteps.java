// Prints every step of the organization, page after page.
// KEY is the API key; TARGET is the address, 127.0.0.1:50051 unless set.
import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

public class ListSteps {
  static OptionalLong retryDelay(StatusRuntimeException e) throws Exception {
    for (Any detail : StatusProto.fromThrowable(e).getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        return OptionalLong.of(Durations.toMillis(detail.unpack(RetryInfo.class).getRetryDelay()));
      }
    }
    return OptionalLong.empty();
  }

  static ListWorkflowStepsResponse page(
      WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub stub, ListWorkflowStepsRequest request)
      throws Exception {
    for (long wait = 500; ; wait *= 2) {
      try {
        return stub.withDeadlineAfter(10, TimeUnit.SECONDS).listWorkflowSteps(request);
      } catch (StatusRuntimeException e) {
        OptionalLong delay = retryDelay(e);
        boolean retry = delay.isPresent() || e.getStatus().getCode() == Status.Code.UNAVAILABLE;
        if (!retry || wait > 4000) {
          throw e;
        }
        Thread.sleep(Math.max(wait, delay.orElse(0)));
      }
    }
  }

  public static void main(String[] args) throws Exception {
    String target = System.getenv().getOrDefault("TARGET", "127.0.0.1:50051");
    Metadata key = new Metadata();
    key.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), System.getenv("KEY"));
    ManagedChannel channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
        .intercept(MetadataUtils.newAttachHeadersInterceptor(key)).build();
    try {
      var stub = WorkflowStepsServiceGrpc.newBlockingStub(channel);
      var request = ListWorkflowStepsRequest.newBuilder().setLimit(100);
      ListWorkflowStepsResponse page;
      do {
        page = page(stub, request.build());
        for (WorkflowStep step : page.getDataList()) {
          System.out.println(step.getRunId() + " " + step.getStepId());
        }
        request.setAfter(page.getListMetadata().getAfter());
      } while (page.getListMetadata().hasAfter());
    } finally {
      channel.shutdownNow();
    }
  }
}
