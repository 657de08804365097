package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc.WorkflowArtifactsServiceBlockingStub;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.tls.TlsFiles;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The edge of a server, with the oracles as storage: to be closed after each test. */
final class Edge implements AutoCloseable {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "grpc-port", "0",
          "database-pool-size", "30",
          "page-bytes", "1000000",
          "call-timeout", "10s");

  final InMemoryStores stores;
  final InMemoryStepStore steps;
  final Meters meters = new Meters(new BuildInfo("1", "17"));
  final Readiness readiness = new Readiness();
  final GrpcServer server;

  final ManagedChannel channel;

  private final KeyService keys;
  private final TlsFiles tlsFiles;

  Edge() {
    this(new InMemoryStepStore());
  }

  Edge(InMemoryStepStore steps) {
    this(steps, Map.of());
  }

  /**
   * @param settings that differ from the usual ones
   */
  Edge(InMemoryStepStore steps, Map<String, String> settings) {
    this(steps, settings, AccessLog.OFF);
  }

  Edge(InMemoryStepStore steps, Map<String, String> settings, AccessLog accessLog) {
    Map<String, String> all = new HashMap<>(SETTINGS);
    all.putAll(settings);
    this.steps = steps;
    stores = new InMemoryStores(steps);
    keys = new KeyService(stores.keys, Clock.systemUTC());
    Settings loaded = Settings.load(all, Map.of());
    tlsFiles = new TlsFiles(loaded);
    server =
        new GrpcServer(
            loaded,
            stores.all(),
            Clock.systemUTC(),
            readiness,
            meters,
            accessLog,
            tlsFiles
                .identity(Setting.TLS_CERTIFICATE, Setting.TLS_KEY)
                .map(own -> new GrpcTls(own, tlsFiles.trust(Setting.TLS_CLIENT_CA))));
    server.start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(Limits.MAX_RESPONSE_BYTES)
            .build();
  }

  /** A server of its own that was not started. */
  static GrpcServer server(int port) {
    return new GrpcServer(
        Settings.load(Map.of("grpc-port", Integer.toString(port)), Map.of()),
        new InMemoryStores().all(),
        Clock.systemUTC(),
        new Readiness(),
        new Meters(new BuildInfo("1", "17")),
        AccessLog.OFF,
        Optional.empty());
  }

  /** A key of an organization, which is made if there is none of that name. */
  String key(String organization) {
    return key(organization, Scope.ALL);
  }

  String key(String organization, Set<Scope> scopes) {
    keys.ensureOrganization(organization, true);
    return keys.create(organization, scopes, Optional.empty()).text();
  }

  static Metadata headers(String key) {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.API_KEY, key);
    return headers;
  }

  /** The value of a metric that has one tag. */
  double gauge(String name, String tag, String value) {
    return meters.registry().get(name).tag(tag, value).gauge().value();
  }

  /** The bytes that calls hold: {@code requests} or {@code answers}. */
  double held(String of) {
    return gauge("workflow_steps.memory.held", "of", of);
  }

  WorkflowStepsServiceBlockingStub steps(Metadata headers) {
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  WorkflowArtifactsServiceBlockingStub artifacts(Metadata headers) {
    return WorkflowArtifactsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    readiness.close();
    meters.close();
    tlsFiles.close();
  }
}
