package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.BrokenConnections;
import dev.workflowsteps.server.CapturedLog;
import org.junit.jupiter.api.Test;

/** What connections without a key leave in the log. */
class BrokenConnectionsTest {

  private static final int CONNECTIONS = 2_000;

  @Test
  void brokenConnections_fillNoLog() throws Exception {
    try (Edge edge = new Edge();
        CapturedLog log = new CapturedLog()) {
      BrokenConnections[] all = BrokenConnections.values();
      for (BrokenConnections each : all) {
        each.open(edge.server.port(), CONNECTIONS / all.length + 1);
      }
      for (int i = 0; i < 100; i++) {
        Failed.call(
            () ->
                edge.steps(Edge.headers("nonsense"))
                    .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
      }

      // grpc-java logs them at a lower level, and refused keys have a line for each minute.
      assertThat(log.lines()).filteredOn(line -> !line.contains(" audit: ")).isEmpty();
    }
  }
}
