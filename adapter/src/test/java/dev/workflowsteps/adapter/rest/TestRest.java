package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import java.util.List;

/** REST with the routes of steps alone: no pages, and nobody counts or logs. */
final class TestRest {

  static RestServer server(RestOptions options, ConnectionGuard guard, UnaryChannel upstream) {
    return server(options, TimeLimits.DEFAULT, guard, upstream);
  }

  static RestServer server(
      RestOptions options, TimeLimits limits, ConnectionGuard guard, UnaryChannel upstream) {
    return new RestServer(
        options,
        limits,
        guard,
        upstream,
        StepsServiceProto.getDescriptor().getServices(),
        List.of(),
        (route, method, status, nanos) -> {},
        AccessLog.OFF);
  }

  private TestRest() {}
}
