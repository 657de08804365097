package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.network.PortConnections;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection whose key was accepted keeps its place, whatever becomes of its calls. */
@Timeout(60)
class AcceptedKeysTest {

  /** Longer than a connection without a key keeps its place on a full port. */
  private static final long UNDISTURBED_MILLIS = PortConnections.UNDISTURBED.toMillis() + 10;

  private final Edge edge =
      new Edge(
          new InMemoryStepStore(),
          Map.of(
              "max-connections", "1",
              "max-connections-per-address", "10",
              "trusted-addresses", "10.0.0.0/8"));

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void keyWithoutTheScope_isAKey() throws Exception {
    String writer = edge.key("acme", Set.of(Scope.WRITE));
    assertThat(list(writer)).isEqualTo("PERMISSION_DENIED");

    assertKeepsItsPlace();
  }

  @Test
  void keyOverItsRate_isAKey() throws Exception {
    String key = edge.key("acme");
    // Over the limit for a quarter of an hour, by a call that has no connection.
    new StepRecorder(edge.steps)
        .record(
            "acme",
            List.of(AStep.named("a").run("r").label("x".repeat(1_000)).build()),
            Call.within(Duration.ofSeconds(10)));
    edge.stores.keys.limit(
        "acme", new OrganizationLimits(OptionalLong.empty(), OptionalLong.of(1)));
    var unused =
        edge.server
            .call(
                WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName(),
                new byte[0],
                Edge.headers(key),
                InetAddress.getLoopbackAddress(),
                Duration.ofSeconds(10),
                (message, headers, written) -> message)
            .get();
    assertThat(list(key)).isEqualTo("RATE_LIMITED");

    assertKeepsItsPlace();
  }

  @Test
  void wrongKey_isNone() throws Exception {
    assertThat(list("no key")).isEqualTo("UNAUTHENTICATED");

    TimeUnit.MILLISECONDS.sleep(UNDISTURBED_MILLIS);
    try (Socket other = connected()) {
      await().until(() -> edge.meters.connectionsEnded("grpc", "replaced").count() == 1);
      assertThat(other.isConnected()).isTrue();
    }
  }

  private void assertKeepsItsPlace() throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(UNDISTURBED_MILLIS);
    try (Socket other = connected()) {
      await().until(() -> edge.meters.connectionsRefused("grpc", "port").count() == 1);
      assertThat(other.isConnected()).isTrue();
    }
    assertThat(edge.meters.connectionsEnded("grpc", "replaced").count()).isZero();
  }

  private Socket connected() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), edge.server.port());
  }

  private String list(String key) {
    return Failed.reason(
        Failed.call(
            () ->
                edge.steps(Edge.headers(key))
                    .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance())));
  }
}
