package dev.workflowsteps.adapter;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.workflowsteps.adapter.http.FixedPage;
import dev.workflowsteps.adapter.openapi.DocsPages;
import dev.workflowsteps.adapter.openapi.OpenApiDocument;
import dev.workflowsteps.adapter.rest.RestOptions;
import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** REST for every RPC of the proto, as the settings say. */
final class RestServers {

  /** Every service of the proto; which of their methods are routes is said there. */
  private static final List<ServiceDescriptor> SERVICES =
      Stream.of(StepsServiceProto.getDescriptor(), ArtifactsServiceProto.getDescriptor())
          .flatMap(file -> file.getServices().stream())
          .toList();

  /**
   * Starts one.
   *
   * @param upstream answers the calls; stays the caller's
   */
  static RestServer start(Settings settings, Channel upstream, Meters meters) {
    RestServer rest =
        new RestServer(
            new RestOptions(
                settings.get(Setting.REST_HOST),
                settings.get(Setting.REST_PORT),
                settings.get(Setting.REQUEST_TIMEOUT),
                settings.get(Setting.DRAIN_TIMEOUT),
                settings.find(Setting.CORS_ORIGINS).orElse(List.of())),
            upstream,
            SERVICES,
            pages(),
            (route, method, status, nanos) ->
                meters.http(route, method, status).record(nanos, TimeUnit.NANOSECONDS));
    rest.start();
    return rest;
  }

  private static List<FixedPage> pages() {
    String version = BuildInfo.current().version();
    return DocsPages.of(() -> OpenApiDocument.of(SERVICES, version));
  }

  private RestServers() {}
}
