package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The open calls of health and reflection, which need no key: a connection may have a few, each
 * with a little to say. A stop ends them with {@code UNAVAILABLE}: the transport would break them
 * off, which callers see as {@code CANCELLED} and do not retry.
 */
final class Watches extends ServerTransportFilter implements ServerInterceptor {

  static final int MAX_PER_CONNECTION = 16;

  /** Of all messages of a call. */
  static final int MAX_BYTES = 64 << 10;

  private static final Attributes.Key<AtomicInteger> OPEN =
      Attributes.Key.create("open-calls-of-health-and-reflection");

  private final Executor executor;
  private final Set<Watch<?, ?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /**
   * @param executor of their calls
   */
  Watches(Executor executor) {
    this.executor = executor;
  }

  @Override
  public Attributes transportReady(Attributes connection) {
    return connection.toBuilder().set(OPEN, new AtomicInteger()).build();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CancellableContext context = Context.current().withCancellation();
    Watch<Q, A> opened = new Watch<>(call, context);
    open.add(opened);
    AtomicInteger ofConnection = call.getAttributes().get(OPEN);
    int count = ofConnection.incrementAndGet();
    // The context is cancelled at the end of every call, however it ends.
    context.addListener(
        cancelled -> {
          open.remove(opened);
          ofConnection.decrementAndGet();
        },
        Runnable::run);
    if (ended) {
      opened.end(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE));
      return new ServerCall.Listener<>() {};
    }
    if (count > MAX_PER_CONNECTION) {
      opened.end(
          Errors.of(
              ErrorReason.ERROR_REASON_UNAVAILABLE,
              "This connection has "
                  + MAX_PER_CONNECTION
                  + " open calls of health and reflection. End one of them first."));
      return new ServerCall.Listener<>() {};
    }
    AtomicLong left = new AtomicLong(MAX_BYTES);
    ArrivingMessages.CURRENT
        .get()
        .payBy(
            bytes -> {
              boolean fits = left.addAndGet(-bytes) >= 0;
              if (!fits) {
                executor.execute(
                    () -> opened.end(Errors.of(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE)));
              }
              return fits;
            });
    return Contexts.interceptCall(context, opened, headers, next);
  }

  /** Answers the open calls, and refuses all later ones. */
  void end() {
    ended = true;
    open.forEach(call -> call.end(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE)));
  }

  /** Drops what its handler sends after the end. The lock is there since a stop ends it too. */
  private static final class Watch<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final CancellableContext context;
    private boolean closed;

    Watch(ServerCall<Q, A> call, CancellableContext context) {
      super(call);
      this.context = context;
    }

    void end(StatusRuntimeException error) {
      close(error.getStatus(), error.getTrailers());
      context.cancel(null);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
