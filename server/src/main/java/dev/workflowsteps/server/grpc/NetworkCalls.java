package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls that come over a port. Messages are handed over as bytes: no event loop parses them. */
final class NetworkCalls {

  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private static final String GZIP = "gzip";

  /** For one message, and to notice a second. */
  private static final int MESSAGES = 2;

  private final UnaryCalls calls;

  NetworkCalls(UnaryCalls calls) {
    this.calls = calls;
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
    Transport transport = new Transport(call, ArrivingBytes.CURRENT.get());
    UnaryCall<T> unary =
        new UnaryCall<>(
            method, calls, transport, headers, timeout(Context.current().getDeadline()));
    Listener listener = new Listener(unary, transport);
    unary.begin(headers);
    return listener;
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

  private static final class Transport implements UnaryCall.Transport {

    private final ServerCall<InputStream, EncodedMessage> call;
    private final ArrivingBytes arriving;
    private volatile Charge charge;

    /** Guarded by this, like what follows. */
    private boolean closed;

    private Runnable written = () -> {};

    Transport(ServerCall<InputStream, EncodedMessage> call, ArrivingBytes arriving) {
      this.call = call;
      this.arriving = arriving;
    }

    @Override
    public void read(Charge charge, Runnable refuse) {
      this.charge = charge;
      arriving.charge(charge, refuse);
      call.request(MESSAGES);
    }

    @Override
    public void answer(
        EncodedMessage message, Metadata headers, Metadata trailers, Runnable written) {
      call.sendHeaders(headers);
      call.sendMessage(message);
      call.close(Status.OK, trailers);
      synchronized (this) {
        if (!closed) {
          this.written = written;
          return;
        }
      }
      written.run();
    }

    @Override
    public void fail(Status status, Metadata trailers) {
      call.close(status, trailers);
    }

    /** All is written, or nobody reads it any more. */
    void close() {
      Runnable last;
      synchronized (this) {
        closed = true;
        last = written;
        written = () -> {};
      }
      last.run();
    }
  }

  private static final class Listener extends ServerCall.Listener<InputStream> {

    private final UnaryCall<?> call;
    private final Transport transport;
    private byte[] message;
    private boolean unread;
    private boolean several;

    Listener(UnaryCall<?> call, Transport transport) {
      this.call = call;
      this.transport = transport;
    }

    @Override
    public void onMessage(InputStream received) {
      several = message != null;
      try {
        message = MessageBytes.read(received, transport.charge, Limits.MAX_REQUEST_BYTES);
      } catch (UnreadMessageException e) {
        unread = true;
        call.refuseMessage(e.reason());
      }
    }

    @Override
    public void onHalfClose() {
      if (unread) {
        return;
      }
      if (message == null || several) {
        call.receiveNoMessage();
      } else {
        call.receive(message);
      }
    }

    @Override
    public void onCancel() {
      call.cancel();
      transport.close();
    }

    @Override
    public void onComplete() {
      transport.close();
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
