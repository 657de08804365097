package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.server.Node;
import dev.workflowsteps.server.Ports;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.embedded.EmbeddedPostgres;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.network.ConnectionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The gRPC server, and REST in the same process, which calls it without a socket. */
final class Serve implements RunningService {

  private final Node node;
  private final Optional<RestServer> rest;
  private final List<Line> lines;

  private Serve(Node node, Optional<RestServer> rest, List<Line> lines) {
    this.node = node;
    this.rest = rest;
    this.lines = lines;
  }

  /**
   * @param demo whether to load the demo's data, if they are missing
   * @param withRest whether to serve REST too
   */
  static Serve start(Settings settings, boolean demo, boolean withRest, ProgressListener progress) {
    Ports.requireFree(
        settings,
        withRest ? List.of(Ports.REST, Ports.GRPC, Ports.ADMIN) : List.of(Ports.GRPC, Ports.ADMIN));
    Ports.requireEncryption(
        settings, withRest ? List.of(Ports.REST, Ports.GRPC) : List.of(Ports.GRPC));
    ConnectionLimits.warnIfLowered(settings);
    Node node = Node.start(settings, demo, withRest ? "serve" : "serve-grpc");
    Optional<RestServer> rest = Optional.empty();
    try {
      ProgressListener reporting = node.reporting(progress);
      if (withRest) {
        reporting.begin("starting REST");
        rest =
            Optional.of(
                RestServers.start(
                    settings,
                    node.identity(),
                    local(node.grpc()),
                    node.grpc().wrongKeys(),
                    node.meters(),
                    node.accessLog()));
      }
      node.openDatabase(progress);
      Optional<Demo> loaded =
          demo ? Optional.of(Demo.load(node.data(), reporting)) : Optional.empty();
      node.ready();
      return new Serve(node, rest, lines(settings, node, rest, loaded));
    } catch (RuntimeException e) {
      rest.ifPresent(RestServer::close);
      node.close();
      throw e;
    }
  }

  /** The calls of REST are those of the server, without a transport between them. */
  static UnaryChannel local(GrpcServer server) {
    return (method, message, headers, options) ->
        server.call(
            method.getFullMethodName(),
            message,
            headers,
            Duration.ofNanos(options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS)),
            UnaryResponse::new);
  }

  private static List<Line> lines(
      Settings settings, Node node, Optional<RestServer> rest, Optional<Demo> demo) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("database", database(settings, node)));
    demo.ifPresent(data -> lines.add(new Line("data", data.summary())));
    Optional<HostPort> restPlace =
        rest.map(server -> new HostPort(settings.get(Setting.REST_HOST), server.port()));
    String restAt = restPlace.map(place -> "REST " + place + "  ").orElse("");
    String grpcAt = "gRPC " + new HostPort(settings.get(Setting.GRPC_HOST), node.grpc().port());
    String adminAt = "admin " + new HostPort(settings.get(Setting.ADMIN_HOST), node.adminPort());
    lines.add(
        new Line(
            "ready", restAt + grpcAt + "  " + adminAt + "  (" + StartupBanner.sinceStart() + ")"));
    if (demo.isPresent() && restPlace.isPresent()) {
      Optional<Path> certificate = settings.find(Setting.TLS_CERTIFICATE);
      lines.add(new Line("try", demo.get().list(restPlace.get(), certificate)));
    } else if (demo.isEmpty()) {
      lines.add(
          new Line(
              "try",
              ExampleCommands.createKey(settings.find(Setting.DATA_DIR), settings.database())));
    }
    return lines;
  }

  private static String database(Settings settings, Node node) {
    Optional<EmbeddedPostgres> postgres = node.data().postgres();
    if (postgres.isEmpty()) {
      String state = node.data().problem().map(problem -> "not ready: " + problem).orElse("ready");
      return settings.database().orElseThrow() + " (" + state + ")";
    }
    EmbeddedPostgres embedded = postgres.get();
    return "PostgreSQL %s embedded, %s (%s, %s)"
        .formatted(
            embedded.version(),
            embedded.directory().path(),
            embedded.created() ? "new" : "existing",
            StartupBanner.seconds(embedded.took().toMillis()));
  }

  @Override
  public List<Line> lines() {
    return lines;
  }

  @Override
  public void announceStop() {
    node.announceStop();
    rest.ifPresent(RestServer::announceStop);
  }

  @Override
  public CompletableFuture<String> broken() {
    return node.data().postgres().map(EmbeddedPostgres::failed).orElseGet(CompletableFuture::new);
  }

  @Override
  public void close() {
    rest.ifPresent(RestServer::close);
    node.close();
  }
}
