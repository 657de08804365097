package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.rest.RestOptions;
import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Channel;
import java.util.concurrent.TimeUnit;

/** REST for every RPC of the proto, as the settings say. */
final class RestServers {

  /**
   * Starts one.
   *
   * @param upstream answers the calls; stays the caller's
   */
  static RestServer start(Settings settings, Channel upstream, Meters meters) {
    RestServer rest =
        new RestServer(
            new RestOptions(
                settings.restHost(),
                settings.restPort(),
                settings.requestTimeout(),
                settings.drainTimeout()),
            upstream,
            StepsServiceProto.getDescriptor().getServices(),
            (route, method, status, nanos) ->
                meters.http(route, method, status).record(nanos, TimeUnit.NANOSECONDS));
    rest.start();
    return rest;
  }

  private RestServers() {}
}
