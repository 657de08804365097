package dev.workflowsteps.adapter.upstream;

import dev.workflowsteps.server.grpc.RawBytes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC server on a port, with a health service and two methods that do what a test asks for. */
final class FakeServer implements AutoCloseable {

  static final MethodDescriptor<byte[], byte[]> READ = method("Read", true);
  static final MethodDescriptor<byte[], byte[]> WRITE = method("Write", false);

  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();

  /** What its health service answers; UNRECOGNIZED = nothing at all. */
  volatile ServingStatus health = ServingStatus.SERVING;

  volatile Status answer = Status.OK;
  volatile boolean hangs;
  volatile Runnable onCall = () -> {};

  private final Optional<SslContext> tls;
  private final String host;
  private final int port;
  private Server server;

  FakeServer() {
    this("127.0.0.1", 0);
  }

  FakeServer(Optional<SslContext> tls) {
    this("127.0.0.1", 0, tls);
  }

  FakeServer(String host, int port) {
    this(host, port, Optional.empty());
  }

  private FakeServer(String host, int port, Optional<SslContext> tls) {
    this.host = host;
    this.tls = tls;
    start(port);
    this.port = server.getPort();
  }

  private void start(int onPort) {
    try {
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(host, onPort));
      tls.ifPresent(builder::sslContext);
      server =
          builder
              .addService(new Health())
              .addService(
                  ServerServiceDefinition.builder("fake.Service")
                      .addMethod(READ, this::serve)
                      .addMethod(WRITE, this::serve)
                      .build())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerCall.Listener<byte[]> serve(ServerCall<byte[], byte[]> call, Metadata headers) {
    calls.incrementAndGet();
    call.request(2);
    return new ServerCall.Listener<>() {
      @Override
      public void onCancel() {
        cancelled.incrementAndGet();
      }

      @Override
      public void onHalfClose() {
        onCall.run();
        if (hangs) {
          return;
        }
        if (answer.isOk()) {
          call.sendHeaders(new Metadata());
          call.sendMessage(new byte[] {1});
        }
        call.close(answer, new Metadata());
      }
    };
  }

  int port() {
    return port;
  }

  InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /** Cuts all connections. */
  void kill() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  /** Listens on the same port again. */
  void startAgain() {
    start(port);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, boolean idempotent) {
    return RawBytes.method(MethodDescriptor.MethodType.UNARY, "fake.Service/" + name).toBuilder()
        .setIdempotent(idempotent)
        .build();
  }

  private final class Health extends HealthGrpc.HealthImplBase {
    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> response) {
      if (health != ServingStatus.UNRECOGNIZED) {
        response.onNext(HealthCheckResponse.newBuilder().setStatus(health).build());
        response.onCompleted();
      }
    }
  }
}
