package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of an organization, as its callers meet them. */
class RateLimitedCallsTest {

  private final Edge edge = new Edge();
  private final AtomicReference<Metadata> headers = new AtomicReference<>();

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  @Rule("rate-limit-headers")
  void withoutALimit_responsesHaveNoFields() {
    list(edge.key("acme"));

    assertThat(headers.get().containsKey(CallHeaders.RATE_LIMIT)).isFalse();
    assertThat(headers.get().containsKey(CallHeaders.RATE_LIMIT_POLICY)).isFalse();
  }

  /** The page takes more than is there for a quarter of an hour. */
  @Test
  @Rule({"rate-limit", "rate-limit-headers", "key-first"})
  void moreThanTheLimit_isRefused_andOtherOrganizationsAreNot() {
    String key = edge.key("acme");
    new StepRecorder(edge.steps)
        .record(
            "acme",
            List.of(AStep.named("a").run("r").label("x".repeat(1_000)).build()),
            Call.within(Duration.ofSeconds(10)));
    edge.stores.keys.limit(
        "acme", new OrganizationLimits(OptionalLong.of(1_000_000), OptionalLong.of(1)));

    list(key);

    assertThat(headers.get().get(CallHeaders.RATE_LIMIT_POLICY))
        .isEqualTo("\"requests\";q=1000000;w=1, \"bytes\";q=1;w=1;qu=\"content-bytes\"");
    assertThat(headers.get().get(CallHeaders.RATE_LIMIT))
        .isEqualTo("\"requests\";r=999999;t=1, \"bytes\";r=1;t=1");
    // What is wrong with the request is not said.
    StatusRuntimeException refused =
        Failed.call(
            () ->
                stub(key)
                    .listWorkflowSteps(ListWorkflowStepsRequest.newBuilder().setLimit(0).build()));
    assertThat(Failed.reason(refused)).isEqualTo("RATE_LIMITED");
    assertThat(Failed.detail(refused, RetryInfo.class).orElseThrow().getRetryDelay().getSeconds())
        .isBetween(900L, 1_200L);
    assertThat(refused.getTrailers().get(CallHeaders.RATE_LIMIT))
        .matches("\"requests\";r=[0-9]+;t=1, \"bytes\";r=0;t=[0-9]+");
    list(edge.key("other"));
  }

  private void list(String key) {
    var unused = stub(key).listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance());
  }

  private WorkflowStepsServiceBlockingStub stub(String key) {
    return edge.steps(Edge.headers(key))
        .withInterceptors(
            MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
  }
}
