package dev.workflowsteps.server.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Calls that come over a port. Messages are handed over as bytes: no event loop parses them. */
final class NetworkCalls {

  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private static final String GZIP = "gzip";

  /** For one message, and so that gRPC notices a second, by which it ends the call itself. */
  private static final int MESSAGES = 2;

  private final UnaryCalls calls;
  private final BiConsumer<SocketAddress, String> authenticated;

  /**
   * @param authenticated told the address of each connection that shows a valid key, and the key's
   *     organization
   */
  NetworkCalls(UnaryCalls calls, BiConsumer<SocketAddress, String> authenticated) {
    this.calls = calls;
    this.authenticated = authenticated;
  }

  /** A service of these methods. */
  ServerServiceDefinition service(ServiceDescriptor generated, List<UnaryMethod<?>> methods) {
    List<ServerMethodDefinition<InputStream, EncodedMessage>> defined =
        methods.stream().map(method -> defined(method)).toList();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor());
    defined.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    defined.forEach(service::addMethod);
    return service.build();
  }

  private <T extends Message> ServerMethodDefinition<InputStream, EncodedMessage> defined(
      UnaryMethod<T> method) {
    MethodDescriptor<InputStream, EncodedMessage> descriptor =
        method.generated().toBuilder(Bytes.INSTANCE, EncodedMessage.MARSHALLER).build();
    ServerCallHandler<InputStream, EncodedMessage> handler =
        (call, headers) -> begin(method, call, headers);
    return ServerMethodDefinition.create(descriptor, handler);
  }

  private <T extends Message> ServerCall.Listener<InputStream> begin(
      UnaryMethod<T> method, ServerCall<InputStream, EncodedMessage> call, Metadata headers) {
    if (isCompressed(headers)) {
      // That a client could read compressed answers is no wish for them: most say so by default,
      // and in a data centre it costs more than it saves.
      call.setCompression(GZIP);
    }
    NetworkCall networkCall = new NetworkCall(call, ArrivingMessages.CURRENT.get(), authenticated);
    networkCall.begin(method, calls, headers, timeout(Context.current().getDeadline()));
    return networkCall;
  }

  /** Where the caller is. */
  static Optional<InetAddress> address(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress socket
        ? Optional.of(socket.getAddress())
        : Optional.empty();
  }

  static boolean isCompressed(Metadata headers) {
    return GZIP.equals(headers.get(ENCODING));
  }

  private Duration timeout(Deadline deadline) {
    return deadline == null
        ? calls.timeout()
        : Duration.ofNanos(
            Math.min(calls.timeout().toNanos(), deadline.timeRemaining(TimeUnit.NANOSECONDS)));
  }

  private static final class NetworkCall extends ServerCall.Listener<InputStream>
      implements UnaryCall.Transport {

    private final ServerCall<InputStream, EncodedMessage> network;
    private final ArrivingMessages arriving;
    private final BiConsumer<SocketAddress, String> authenticated;
    private UnaryCall<?> call;
    private Charge charge;

    /** Null before it came, and once it is handed over. */
    private byte[] message;

    /** Guarded by this, like what follows. */
    private boolean closed;

    private Runnable written = () -> {};

    NetworkCall(
        ServerCall<InputStream, EncodedMessage> network,
        ArrivingMessages arriving,
        BiConsumer<SocketAddress, String> authenticated) {
      this.network = network;
      this.arriving = arriving;
      this.authenticated = authenticated;
    }

    <T extends Message> void begin(
        UnaryMethod<T> method, UnaryCalls calls, Metadata headers, Duration timeout) {
      UnaryCall<T> begun = new UnaryCall<>(method, calls, this, headers, timeout);
      call = begun;
      begun.begin();
      // Not in onCancel, which may wait behind messages that are inflated.
      Context.current().addListener(ended -> begun.cancel(), MoreExecutors.directExecutor());
    }

    @Override
    public Optional<InetAddress> address() {
      return NetworkCalls.address(network);
    }

    @Override
    public void authenticated(String organizationId) {
      authenticated.accept(
          network.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), organizationId);
    }

    @Override
    public void read(Charge forMessage, Consumer<Reason> refuse) {
      charge = forMessage;
      arriving.payBy(
          bytes -> {
            boolean paid = forMessage.grow(bytes);
            if (!paid) {
              refuse.accept(Reason.unpaid(forMessage, bytes));
            }
            return paid;
          });
      network.request(MESSAGES);
    }

    @Override
    public void onMessage(InputStream received) {
      if (call.isOpen()) {
        try {
          message = MessageBytes.read(received, charge, Limits.MAX_REQUEST_BYTES);
        } catch (UnreadMessageException e) {
          call.refuseMessage(e.reason());
        }
      }
    }

    @Override
    public void onHalfClose() {
      byte[] whole = message;
      message = null;
      if (whole == null) {
        call.receiveNoMessage();
      } else {
        call.receive(whole);
      }
    }

    @Override
    public void answer(
        EncodedMessage answer, Metadata headers, Metadata trailers, Runnable afterwards) {
      synchronized (this) {
        written = afterwards;
      }
      network.sendHeaders(headers);
      network.sendMessage(answer);
      network.close(Status.OK, trailers);
      if (isClosed()) {
        // By the caller, before the answer was there.
        afterwards.run();
      }
    }

    @Override
    public void fail(StatusRuntimeException error) {
      network.close(error.getStatus(), error.getTrailers());
    }

    @Override
    public void onComplete() {
      close();
    }

    @Override
    public void onCancel() {
      close();
    }

    /** All is written, or nobody reads it any more. */
    private void close() {
      Runnable last;
      synchronized (this) {
        closed = true;
        last = written;
      }
      message = null;
      last.run();
    }

    private synchronized boolean isClosed() {
      return closed;
    }
  }

  /** Hands a message over as it came; inflates it while it is read. */
  private enum Bytes implements Marshaller<InputStream> {
    INSTANCE;

    @Override
    public InputStream stream(InputStream message) {
      return message;
    }

    @Override
    public InputStream parse(InputStream message) {
      return message;
    }
  }
}
