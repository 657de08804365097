package dev.workflowsteps.adapter;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.workflowsteps.adapter.openapi.DocsPages;
import dev.workflowsteps.adapter.rest.ConnectionGuard;
import dev.workflowsteps.adapter.rest.RestOptions;
import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.adapter.rest.RestTls;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.network.PortConnections;
import dev.workflowsteps.server.network.Protocol;
import dev.workflowsteps.server.ops.Meters;
import io.netty.channel.ChannelHandler;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;

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
   * @param identity certificate and key; empty = plaintext
   * @param upstream answers the calls; stays the caller's
   * @param accessLog stays the caller's
   * @throws StartupException with {@code CONFIGURATION} if it can't listen
   */
  static RestServer start(
      Settings settings,
      Optional<KeyManagerFactory> identity,
      UnaryChannel upstream,
      Meters meters,
      AccessLog accessLog) {
    RequestTimers timers = new RequestTimers(meters);
    RestServer rest =
        new RestServer(
            new RestOptions(
                settings.get(Setting.REST_HOST),
                settings.get(Setting.REST_PORT),
                settings.get(Setting.REQUEST_TIMEOUT),
                settings.get(Setting.DRAIN_TIMEOUT),
                settings.find(Setting.CORS_ORIGINS).orElse(List.of()),
                identity.map(server -> new RestTls(server, settings.get(Setting.HSTS_MAX_AGE)))),
            guard(new PortConnections(Protocol.REST, ConnectionLimits.of(settings), meters)),
            upstream,
            SERVICES,
            DocsPages.all(),
            timers,
            accessLog);
    rest.routes().forEach(timers::prepare);
    try {
      rest.start();
    } catch (UncheckedIOException e) {
      throw new StartupException(ExitCode.CONFIGURATION, e.getMessage(), e);
    }
    return rest;
  }

  private static ConnectionGuard guard(PortConnections connections) {
    return new ConnectionGuard() {
      @Override
      public ChannelHandler acceptor() {
        return connections;
      }

      @Override
      public void authenticated(SocketAddress peer, String organizationId) {
        connections.authenticated(peer, organizationId);
      }
    };
  }

  private RestServers() {}
}
