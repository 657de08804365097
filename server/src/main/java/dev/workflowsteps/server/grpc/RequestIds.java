package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.RequestId;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.slf4j.MDC;

/**
 * Gives each call an id: the caller's own if it is a usable one. It is in every log line of the
 * call and in its trailers.
 */
final class RequestIds implements ServerInterceptor {

  static final Context.Key<String> CURRENT = Context.key("request-id");

  private static final String MDC_KEY = "request_id";

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String id = RequestId.of(headers.get(CallHeaders.REQUEST_ID));
    ServerCall<Q, A> tagged =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            trailers.discardAll(CallHeaders.REQUEST_ID);
            trailers.put(CallHeaders.REQUEST_ID, id);
            super.close(status, trailers);
          }
        };
    try (MDC.MDCCloseable ignored = MDC.putCloseable(MDC_KEY, id)) {
      Context context = Context.current().withValue(CURRENT, id);
      return new LoggedListener<>(Contexts.interceptCall(context, tagged, headers, next), id);
    }
  }

  /** Has the id in the log context while the request is answered. */
  private static final class LoggedListener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final String id;

    LoggedListener(ServerCall.Listener<Q> listener, String id) {
      super(listener);
      this.id = id;
    }

    @Override
    public void onHalfClose() {
      try (MDC.MDCCloseable ignored = MDC.putCloseable(MDC_KEY, id)) {
        super.onHalfClose();
      }
    }
  }
}
