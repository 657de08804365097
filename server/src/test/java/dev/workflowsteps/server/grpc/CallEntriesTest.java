package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the access log gets of the calls on the port. */
class CallEntriesTest {

  private final List<AccessLog.Entry> entries = new CopyOnWriteArrayList<>();

  @AutoClose
  private final Edge edge = new Edge(new InMemoryStepStore(), Map.of(), new Collected(entries));

  private record Collected(List<AccessLog.Entry> entries) implements AccessLog {
    @Override
    public boolean takes(boolean failed, long nanos) {
      return true;
    }

    @Override
    public void add(Entry entry) {
      entries.add(entry);
    }
  }

  @Test
  void page_hasItsRowsAndBytes_andWhoseItIs() {
    String key = edge.key("acme");
    WorkflowStep step = WorkflowStep.newBuilder().setRunId("r").setStepId("s").build();
    edge.steps(Edge.headers(key))
        .recordWorkflowSteps(RecordWorkflowStepsRequest.newBuilder().addSteps(step).build());
    // A call has its entry after its caller has the response.
    await().until(() -> entries.size() == 1);

    int bytes =
        edge.steps(Edge.headers(key))
            .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance())
            .getSerializedSize();

    await().until(() -> entries.size() == 2);
    assertThat(entries.get(0).outcome().rows()).isEqualTo(1);
    AccessLog.Entry page = entries.get(1);
    assertThat(page.request().name())
        .isEqualTo("workflows.v1.WorkflowStepsService/ListWorkflowSteps");
    assertThat(page.request().method()).isEmpty();
    assertThat(page.outcome().status()).isEqualTo("OK");
    assertThat(page.outcome().rows()).isZero();
    assertThat(page.outcome().bytes()).isEqualTo(bytes);
    assertThat(page.outcome().nanos()).isPositive();
    assertThat(page.caller().organization()).isEqualTo("acme");
    assertThat(page.caller().keyId()).isEqualTo(key.substring(4, 12));
    assertThat(page.caller().peer()).isEqualTo("127.0.0.1");
    assertThat(page.caller().userAgent()).startsWith("grpc-java-netty/");
    // It has a line only if it is slow, and many calls at once are.
    assertThat(page.limited()).isTrue();
  }

  @Test
  void failures_areLimited_unlessAValidKeyCausedThem() {
    Metadata reading = Edge.headers(edge.key("acme", Set.of(Scope.READ)));
    GetWorkflowStepRequest missing = GetWorkflowStepRequest.newBuilder().setStepId("s").build();

    Failed.call(() -> edge.steps(reading).getWorkflowStep(missing));
    Failed.call(
        () ->
            edge.steps(reading)
                .recordWorkflowSteps(RecordWorkflowStepsRequest.getDefaultInstance()));
    Failed.call(() -> edge.steps(new Metadata()).getWorkflowStep(missing));

    await().until(() -> entries.size() == 3);
    // They may come in any order.
    assertThat(entries)
        .extracting(
            entry -> entry.outcome().status(),
            entry -> entry.caller().organization(),
            AccessLog.Entry::limited)
        .containsExactlyInAnyOrder(
            tuple("NOT_FOUND", "acme", false),
            tuple("PERMISSION_DENIED", "acme", false),
            tuple("UNAUTHENTICATED", "", true));
  }

  /** So is one without a message, of which a flood of resets consists. */
  @Test
  void malformedCall_isLimited_withAValidKeyToo() {
    Channel keyed =
        ClientInterceptors.intercept(
            edge.channel,
            MetadataUtils.newAttachHeadersInterceptor(
                Edge.headers(edge.key("acme", Set.of(Scope.READ)))));

    Failed.call(
        () ->
            ClientCalls.blockingUnaryCall(
                keyed,
                RawBytes.method(
                    MethodType.UNARY, "workflows.v1.WorkflowStepsService/ListWorkflowSteps"),
                CallOptions.DEFAULT,
                new byte[] {(byte) 0xff}));

    await().until(() -> entries.size() == 1);
    assertThat(entries.get(0).outcome().status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(entries.get(0).caller().organization()).isEqualTo("acme");
    assertThat(entries.get(0).limited()).isTrue();
  }

  @Test
  void unknownMethod_isNotNamed() {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.REQUEST_ID, "mine");

    Failed.call(
        () ->
            ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                    edge.channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                RawBytes.method(MethodType.UNARY, "workflows.v1.Other/wfs_secret"),
                CallOptions.DEFAULT,
                new byte[0]));

    await().until(() -> entries.size() == 1);
    AccessLog.Entry entry = entries.get(0);
    assertThat(entry.request()).isEqualTo(new AccessLog.Request("mine", "", "", "other"));
    assertThat(entry.outcome().status()).isEqualTo("UNIMPLEMENTED");
    assertThat(entry.caller().peer()).isEqualTo("127.0.0.1");
    assertThat(entry.limited()).isTrue();
  }
}
