package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.stores.Stores;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The service on a port, for clients, and in the process, for the REST adapter beside it. */
public final class GrpcServer implements AutoCloseable {

  private static final int MOST_METADATA_BYTES = 8 << 10;
  private static final int WINDOW_BYTES = 1 << 20;

  /** For the last answers to leave; a client that reads none is not waited for longer. */
  private static final Duration ANSWERS_SENT = Duration.ofSeconds(2);

  private final String name = "workflow-steps-" + UUID.randomUUID();
  private final InetSocketAddress address;
  private final Server network;
  private final Server inProcess;
  private final HealthService health;
  private final OpenCalls calls = new OpenCalls();

  /** Of health and reflection: a watch of the health lasts for ever, so no stop waits for it. */
  private final OpenCalls watches = new OpenCalls();

  private final ExecutorService executor;

  /** Puts the server together; it does not listen yet. */
  public GrpcServer(
      Settings settings, Stores stores, Clock clock, Readiness readiness, Meters meters) {
    this.address =
        new InetSocketAddress(settings.get(Setting.GRPC_HOST), settings.get(Setting.GRPC_PORT));
    // A call waits for a connection most of its time; twice as many threads keep all of them busy.
    this.executor =
        Executors.newFixedThreadPool(
            2 * settings.get(Setting.DATABASE_POOL_SIZE), new NamedThreads("grpc"));
    this.health = new HealthService(readiness);
    Authenticator authenticator = new Authenticator(stores.keyStore(), clock);
    List<ServerServiceDefinition> services =
        Stream.of(
                new StepsService(settings, stores, meters).definition(),
                new ArtifactsService(settings, stores).definition())
            .map(
                service ->
                    ServerInterceptors.interceptForward(
                        service,
                        new RequestIds(),
                        new CallMeters(meters),
                        new ErrorConformance(),
                        calls,
                        new Compression(),
                        new Authentication(authenticator)))
            .toList();
    this.network = limited(NettyServerBuilder.forAddress(address), services);
    this.inProcess =
        InProcessServerBuilder.forName(name)
            .executor(executor)
            .addServices(services)
            .fallbackHandlerRegistry(new UnknownMethods())
            .build();
  }

  /**
   * Listens, and answers from then on. On failure the server is closed.
   *
   * @throws StartupException with {@code CONFIGURATION} if the port is taken
   */
  public void start() {
    try {
      inProcess.start();
      network.start();
    } catch (IOException e) {
      close();
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "gRPC port "
              + address.getPort()
              + " can't be opened on "
              + address.getHostString()
              + " ("
              + e.getMessage()
              + "): stop the program that listens there, or choose another with --grpc-port",
          e);
    }
    health.start();
  }

  /** The port that was bound. */
  public int port() {
    return network.getPort();
  }

  /** A channel that needs no socket. The caller shuts it down. */
  public ManagedChannel channel() {
    return InProcessChannelBuilder.forName(name)
        .directExecutor()
        .maxInboundMessageSize(Limits.MAX_RESPONSE_BYTES)
        .build();
  }

  /**
   * Tells clients to connect elsewhere, serves the calls that are running or already on their way,
   * and after the timeout ends the others with {@code UNAVAILABLE}.
   */
  public void drain(Duration timeout) {
    health.close();
    network.shutdown();
    inProcess.shutdown();
    watches.end();
    // A connection ends once its client knows of the stop and has no call left on it.
    awaitConnections(timeout);
    close();
  }

  @Override
  public void close() {
    health.close();
    network.shutdown();
    inProcess.shutdown();
    watches.end();
    calls.end();
    awaitConnections(ANSWERS_SENT);
    network.shutdownNow();
    inProcess.shutdownNow();
    awaitConnections(ANSWERS_SENT);
    executor.shutdown();
  }

  private void awaitConnections(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      boolean unused =
          network.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)
              && inProcess.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** grpc-java sets none of these limits by itself. */
  private Server limited(NettyServerBuilder builder, List<ServerServiceDefinition> services) {
    builder
        .maxInboundMetadataSize(MOST_METADATA_BYTES)
        .maxInboundMessageSize(Limits.MAX_REQUEST_BYTES)
        .flowControlWindow(WINDOW_BYTES)
        .maxConcurrentCallsPerConnection(128)
        .maxRstFramesPerWindow(200, 30)
        .handshakeTimeout(5, TimeUnit.SECONDS)
        .keepAliveTime(60, TimeUnit.SECONDS)
        .keepAliveTimeout(20, TimeUnit.SECONDS)
        .permitKeepAliveTime(30, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .maxConnectionIdle(5, TimeUnit.MINUTES)
        .maxConnectionAge(30, TimeUnit.MINUTES)
        .maxConnectionAgeGrace(30, TimeUnit.SECONDS);
    ServerBuilder<?> server =
        builder
            .executor(executor)
            .addServices(services)
            .addService(watched(health.definition()))
            .addService(watched(ProtoReflectionServiceV1.newInstance().bindService()))
            .fallbackHandlerRegistry(new UnknownMethods());
    return server.build();
  }

  private ServerServiceDefinition watched(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(MalformedMessages.rejectedFor(service), watches);
  }
}
