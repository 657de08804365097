package dev.workflowsteps.adapter.hostile;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.grpc.RawBytes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Over gRPC, in turn to those servers to which there is a connection. The server gets the deadline;
 * the client itself does not heed it, so an answer that comes too late is seen.
 */
final class GrpcSender implements Sender {

  /** The server takes 128 calls on a connection: enough for 8,000 callers. */
  private static final int CONNECTIONS = 64;

  private static final String SCHEME = "these";

  private static final MethodDescriptor<byte[], byte[]> LIST =
      RawBytes.method(
          MethodType.UNARY,
          WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName());

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final Map<String, String> options;
  private final int deadlineMillis;
  private final byte[] message;

  GrpcSender(List<String> targets, Map<String, String> options, int deadlineMillis) {
    this.options = options;
    this.deadlineMillis = deadlineMillis;
    message =
        ListWorkflowStepsRequest.newBuilder()
            .setRunId(options.get("run"))
            .setLimit(Integer.parseInt(options.get("limit")))
            .build()
            .toByteArray();
    NameResolverRegistry.getDefaultRegistry().register(new Addresses(targets));
    for (int i = 0; i < CONNECTIONS; i++) {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forTarget(SCHEME + ":///")
              .defaultLoadBalancingPolicy("round_robin")
              .directExecutor();
      String ca = options.get("ca");
      channels.add(
          (ca == null ? builder.usePlaintext() : builder.sslContext(trusting(ca))).build());
    }
  }

  static SslContext trusting(String ca) {
    try {
      return GrpcSslContexts.forClient().trustManager(new File(ca)).build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Runnable send(Consumer<String> ended) {
    ManagedChannel channel = channels.get(Math.floorMod(next.getAndIncrement(), channels.size()));
    ClientCall<byte[], byte[]> call = channel.newCall(LIST, CallOptions.DEFAULT);
    Metadata headers = new Metadata();
    headers.put(key("api-key"), options.get("key"));
    headers.put(key("grpc-timeout"), deadlineMillis + "m");
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.accept(outcome(status, trailers));
          }
        },
        headers);
    call.request(2);
    call.sendMessage(message);
    call.halfClose();
    return () -> call.cancel("the caller left", null);
  }

  /** The code, if the server sent one, for its answers have trailers; else also what broke. */
  static String outcome(Status status, Metadata trailers) {
    boolean broken = !status.isOk() && trailers.keys().isEmpty();
    return broken
        ? Sent.BROKEN + "%s/%s".formatted(status.getCode(), words(status))
        : status.getCode().name();
  }

  private static String words(Status status) {
    return (status.getDescription() + "/" + status.getCause()).replaceAll("\\s+", "_");
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Always the same addresses. */
  private static final class Addresses extends NameResolverProvider {

    private final List<EquivalentAddressGroup> addresses = new ArrayList<>();

    Addresses(List<String> targets) {
      for (String target : targets) {
        String[] hostAndPort = target.split(":");
        addresses.add(
            new EquivalentAddressGroup(
                new InetSocketAddress(hostAndPort[0], Integer.parseInt(hostAndPort[1]))));
      }
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return "localhost";
        }

        @Override
        public void start(Listener2 listener) {
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(StatusOr.fromValue(addresses))
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }
  }
}
