package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.network.FrameFlood;
import dev.workflowsteps.server.network.FrameFlood.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Floods of frames over gRPC's port. */
@Timeout(60)
class GrpcFloodsTest {

  private static final String LIST =
      WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName();

  private static final int ENHANCE_YOUR_CALM = 11;

  /** The server ends a connection long before; how soon is a matter of its speed. */
  private static final int UNITS = 100_000;

  private final Edge edge = new Edge();
  private final String key = edge.key("acme");

  @AfterEach
  void close() {
    edge.close();
  }

  @ParameterizedTest
  @EnumSource
  void flood_endsItsConnection_andNoOther(FrameFlood flood) throws Exception {
    Outcome outcome =
        flood.run(
            InetAddress.getLoopbackAddress(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.server.port()),
            flood == FrameFlood.STREAMS_BEFORE_ACKNOWLEDGEMENT ? 500 : UNITS,
            FrameFlood.call(LIST, key));

    if (flood == FrameFlood.STREAMS_BEFORE_ACKNOWLEDGEMENT) {
      assertThat(outcome.resets()).as(outcome.toString()).isEqualTo(500 - 128);
    } else {
      assertThat(outcome.closed()).isTrue();
    }
    assertThat(
            edge.steps(Edge.headers(key))
                .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance())
                .getDataCount())
        .isZero();
    await().until(() -> edge.gauge("workflow_steps.connections", "port", "grpc") == 1);
  }
}
