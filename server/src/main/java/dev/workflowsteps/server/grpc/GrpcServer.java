package dev.workflowsteps.server.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.RefusalBrake;
import dev.workflowsteps.server.auth.RateLimits;
import dev.workflowsteps.server.auth.WrongKeys;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.network.EventLoops;
import dev.workflowsteps.server.network.PortConnections;
import dev.workflowsteps.server.network.Protocol;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.stores.Stores;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The service on a port, for clients, and in the process, for the REST adapter beside it. */
public final class GrpcServer implements AutoCloseable {

  private static final int OTHERS = 2;
  private static final int INFLATERS = 2;

  /** Java compiles what these run; a server that restarts has them within a few seconds. */
  private static final int FIRST_CALLS = 1_000;

  /** Of the connections for reading. */
  private static final int LARGE_READS_PERCENT = 80;

  private static final int MOST_METADATA_BYTES = 8 << 10;
  private static final int WINDOW_BYTES = 1 << 20;

  /** For the last answers to leave; a client that reads none is not waited for longer. */
  private static final Duration ANSWERS_SENT = Duration.ofSeconds(2);

  private final InetSocketAddress address;
  private final EventLoops loops = new EventLoops("grpc");
  private final Server network;
  private final HealthService health;
  private final WrongKeys wrongKeys;
  private final UnaryCalls calls;
  private final LocalCalls local;

  /** Of health, reflection and unknown methods, so that nothing else can keep them waiting. */
  private final ExecutorService others =
      Executors.newFixedThreadPool(OTHERS, new NamedThreads("grpc-health"));

  /** Of health and reflection: a watch of the health lasts for ever, so no stop waits for it. */
  private final Watches watches = new Watches(others);

  /** Inflates messages. */
  private final ExecutorService inflaters =
      Executors.newFixedThreadPool(INFLATERS, new NamedThreads("grpc-inflate"));

  /**
   * Puts the server together; it does not listen yet.
   *
   * @param accessLog stays the caller's
   * @param tls empty = plaintext
   */
  public GrpcServer(
      Settings settings,
      Stores stores,
      Clock clock,
      Readiness readiness,
      Meters meters,
      AccessLog accessLog,
      Optional<GrpcTls> tls) {
    this.address =
        new InetSocketAddress(settings.get(Setting.GRPC_HOST), settings.get(Setting.GRPC_PORT));
    this.health = new HealthService(readiness);
    this.wrongKeys =
        new WrongKeys(
            settings.get(Setting.WRONG_KEYS_PER_MINUTE),
            settings.get(Setting.TRUSTED_ADDRESSES)::contains);
    this.calls =
        new UnaryCalls(
            settings.get(Setting.CALL_TIMEOUT),
            places(settings.get(Setting.DATABASE_POOL_SIZE)),
            new KeyLookUps(stores.keyStore(), wrongKeys, clock, System::nanoTime),
            new RateLimits(
                settings.get(Setting.ORGANIZATION_REQUESTS_PER_SECOND),
                settings.get(Setting.ORGANIZATION_BYTES_PER_SECOND)),
            new RefusalBrake(Runtime.getRuntime().availableProcessors(), System::nanoTime),
            meters,
            accessLog,
            System::nanoTime);
    List<UnaryMethod<?>> steps = new StepsService(settings, stores, meters).methods();
    List<UnaryMethod<?>> artifacts = new ArtifactsService(settings, stores, meters).methods();
    List<UnaryMethod<?>> methods = Stream.of(steps, artifacts).flatMap(List::stream).toList();
    methods.forEach(method -> calls.prepare(method.name()));
    meters.wrongKeys(wrongKeys, WrongKeys::keys, WrongKeys::refusals);
    this.local = new LocalCalls(calls, methods);
    PortConnections connections =
        new PortConnections(Protocol.GRPC, ConnectionLimits.of(settings), meters);
    NetworkCalls networkCalls = new NetworkCalls(calls, connections::authenticated);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .bossEventLoopGroup(loops.acceptor())
            .workerEventLoopGroup(loops.workers())
            .channelFactory(() -> loops.listener(connections))
            .withChildOption(ChannelOption.ALLOCATOR, NetworkBuffers.POOL);
    tls.ifPresent(port -> builder.sslContext(port.context()));
    this.network =
        limited(
            builder,
            List.of(
                networkCalls.service(WorkflowStepsServiceGrpc.getServiceDescriptor(), steps),
                networkCalls.service(
                    WorkflowArtifactsServiceGrpc.getServiceDescriptor(), artifacts)));
  }

  /** As many as there are connections, so that no call that runs waits for one. */
  private static Admission.Limits places(int readers) {
    return new Admission.Limits(
        readers,
        Math.max(1, readers * LARGE_READS_PERCENT / 100),
        Settings.WRITE_CONNECTIONS,
        FIRST_CALLS);
  }

  /**
   * Listens, and answers from then on. On failure the server is closed.
   *
   * @throws StartupException with {@code CONFIGURATION} if the port is taken
   */
  public void start() {
    try {
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

  /**
   * Makes a response as its caller wants it.
   *
   * @param <R> its type
   */
  @FunctionalInterface
  public interface ResponseFactory<R> {
    /**
     * Makes one.
     *
     * @param message not to be changed
     * @param headers what else the caller is told
     * @param written to be run when the message takes no more memory, however the request ends
     */
    R of(byte[] message, Metadata headers, Runnable written);
  }

  /**
   * Calls a method from the same process; the calling thread does not wait. Cancelling the future
   * cancels the call.
   *
   * @param method the full name of a unary method
   * @param caller where it is
   * @param timeout how long it waits for the answer
   * @return the answer, on a thread that may wait, or a {@link io.grpc.StatusRuntimeException},
   *     which may be there when this returns
   * @throws IllegalArgumentException if there is no such method
   */
  public <R> ListenableFuture<R> call(
      String method,
      byte[] message,
      Metadata headers,
      InetAddress caller,
      Duration timeout,
      ResponseFactory<R> responses) {
    return local.call(method, message, headers, caller, timeout, responses);
  }

  /**
   * Tells clients to connect elsewhere, serves the calls that are running or already on their way,
   * and after the timeout ends the others with {@code UNAVAILABLE}.
   */
  public void drain(Duration timeout) {
    health.close();
    network.shutdown();
    watches.end();
    // A connection ends once its client knows of the stop and has no call left on it.
    long end = System.nanoTime() + timeout.toNanos();
    awaitConnections(timeout);
    calls.awaitIdle(Duration.ofNanos(end - System.nanoTime()));
    close();
  }

  @Override
  public void close() {
    health.close();
    network.shutdown();
    watches.end();
    calls.breakOff();
    awaitConnections(ANSWERS_SENT);
    network.shutdownNow();
    awaitConnections(ANSWERS_SENT);
    loops.close();
    calls.close();
    wrongKeys.close();
    others.shutdown();
    inflaters.shutdown();
  }

  private void awaitConnections(Duration timeout) {
    try {
      boolean unused = network.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
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
            // What a call does before it waits for a place is done by the event loops.
            .directExecutor()
            .callExecutor(executors())
            .addStreamTracerFactory(new CallDeadlines(HealthService.WATCH::equals, calls.timeout()))
            .addTransportFilter(watches)
            .addServices(services)
            .addService(watched(health.definition()))
            .addService(watched(ProtoReflectionServiceV1.newInstance().bindService()))
            .fallbackHandlerRegistry(new UnknownMethods(calls.accessLog()));
    return server.build();
  }

  private ServerCallExecutorSupplier executors() {
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
        if (!local.has(call.getMethodDescriptor().getFullMethodName())) {
          return others;
        }
        return NetworkCalls.isCompressed(headers) ? inflaters : MoreExecutors.directExecutor();
      }
    };
  }

  private ServerServiceDefinition watched(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(MalformedMessages.rejectedFor(service), watches);
  }
}
