package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open calls of health and reflection, so that a stop can end them with {@code UNAVAILABLE}.
 * The transport would break them off, which callers see as {@code CANCELLED} and do not retry.
 */
final class Watches implements ServerInterceptor {

  private final Set<Watch<?, ?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CancellableContext context = Context.current().withCancellation();
    Watch<Q, A> opened = new Watch<>(call, context);
    open.add(opened);
    // The context is cancelled at the end of every call, however it ends.
    context.addListener(cancelled -> open.remove(opened), Runnable::run);
    if (ended) {
      opened.end();
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(context, opened, headers, next);
  }

  /** Answers the open calls, cancels their work, and refuses all later ones. */
  void end() {
    ended = true;
    List<Watch<?, ?>> calls = List.copyOf(open);
    calls.forEach(Watch::end);
    // Cancelling may wait for the database: not before all callers have their answer.
    calls.forEach(Watch::cancelWork);
  }

  /** Drops what its handler sends after the end. The lock is there since a stop ends it too. */
  private static final class Watch<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private final CancellableContext context;
    private boolean closed;

    Watch(ServerCall<Q, A> call, CancellableContext context) {
      super(call);
      this.context = context;
    }

    void end() {
      StatusRuntimeException unavailable = Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE);
      close(unavailable.getStatus(), unavailable.getTrailers());
    }

    void cancelWork() {
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
