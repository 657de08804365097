package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.server.Ports;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.ops.AdminServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Check;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** REST alone, in front of a gRPC server elsewhere. */
final class ServeRest implements RunningService {

  private static final int WINDOW_BYTES = 1 << 20;

  /** Less than a readiness check may take. */
  private static final long HEALTH_PATIENCE_MILLIS = 700;

  private final Meters meters;
  private final Readiness readiness;
  private final AdminServer admin;
  private final ManagedChannel channel;
  private final RestServer rest;
  private final List<Line> lines;

  private ServeRest(
      Meters meters,
      Readiness readiness,
      AdminServer admin,
      ManagedChannel channel,
      RestServer rest,
      List<Line> lines) {
    this.meters = meters;
    this.readiness = readiness;
    this.admin = admin;
    this.channel = channel;
    this.rest = rest;
    this.lines = lines;
  }

  static ServeRest start(Settings settings) {
    HostPort upstream =
        settings
            .find(Setting.UPSTREAM)
            .orElseThrow(
                () ->
                    new StartupException(
                        ExitCode.CONFIGURATION,
                        "upstream: missing (expected: HOST:PORT of a gRPC server, with --upstream); serve"
                            + " runs both in one process"));
    Ports.requireFree(settings, List.of(Ports.REST, Ports.ADMIN));
    BuildInfo build = BuildInfo.current();
    Meters meters = new Meters(build);
    Readiness readiness = new Readiness();
    AdminServer admin =
        AdminServer.start(
            settings.get(Setting.ADMIN_HOST),
            settings.get(Setting.ADMIN_PORT),
            meters.registry(),
            readiness,
            build);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(upstream.host(), upstream.port())
            .usePlaintext()
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(60, TimeUnit.SECONDS)
            .build();
    try {
      RestServer rest = RestServers.start(settings, channel, meters);
      readiness.begin(List.of(new Check("upstream", () -> problem(channel, upstream))));
      return new ServeRest(
          meters, readiness, admin, channel, rest, lines(settings, upstream, rest, admin));
    } catch (RuntimeException e) {
      channel.shutdownNow();
      admin.close();
      readiness.close();
      meters.close();
      throw e;
    }
  }

  /** Asks the upstream's health service; a server without one is reachable, and that will do. */
  private static Optional<String> problem(Channel channel, HostPort upstream) {
    try {
      ServingStatus status =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(HEALTH_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus();
      return status == ServingStatus.SERVING
          ? Optional.empty()
          : Optional.of(upstream + " is not ready; see its /readyz");
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
          ? Optional.empty()
          : Optional.of("no answer from " + upstream + "; check that workflow-steps runs there");
    }
  }

  private static List<Line> lines(
      Settings settings, HostPort upstream, RestServer rest, AdminServer admin) {
    return List.of(
        new Line("upstream", "gRPC " + upstream),
        new Line(
            "ready",
            "REST %s  admin %s  (%s)"
                .formatted(
                    new HostPort(settings.get(Setting.REST_HOST), rest.port()),
                    admin.address(),
                    StartupBanner.sinceStart())));
  }

  @Override
  public List<Line> lines() {
    return lines;
  }

  @Override
  public void announceStop() {
    readiness.drain();
  }

  @Override
  public CompletableFuture<String> broken() {
    return new CompletableFuture<>();
  }

  @Override
  public void close() {
    readiness.close();
    rest.close();
    channel.shutdownNow();
    admin.close();
    meters.close();
  }
}
