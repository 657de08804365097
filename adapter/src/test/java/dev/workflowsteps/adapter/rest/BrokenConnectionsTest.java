package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.BrokenConnections;
import dev.workflowsteps.server.CapturedLog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What connections without a key leave in the log. */
class BrokenConnectionsTest {

  private static final int CONNECTIONS = 2_000;

  @Test
  void brokenConnections_areCounted() throws Exception {
    try (EchoingRest rest = new EchoingRest(List.of());
        CapturedLog log = new CapturedLog()) {
      BrokenConnections[] all = BrokenConnections.values();
      for (BrokenConnections each : all) {
        each.open(rest.port(), CONNECTIONS / all.length + 1);
      }

      Map<String, Long> events = log.events();
      assertThat(events).containsOnlyKeys("AbstractHttp2ConnectionHandler");
      assertThat(events.values()).allMatch(count -> count > 10 && count <= CONNECTIONS);
    }
  }
}
