package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets no error leave that is no row of the error table, in its code and its reason. Any other is a
 * mistake in this program: it is logged, and its caller is told {@code internal} and nothing else.
 */
final class ErrorConformance implements ServerInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorConformance.class);

  /** How grpc-java itself calls a unary call without one message, or with several. */
  private static final String NO_MESSAGE = "Half-closed without a request";

  private static final String SEVERAL_MESSAGES = "Too many requests";

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Checked<Q, A> checked = new Checked<>(call);
    return new Guarded<>(next.startCall(checked, headers), checked);
  }

  private static StatusRuntimeException replacement(String method, Status status) {
    String description = String.valueOf(status.getDescription());
    if (description.equals(NO_MESSAGE) || description.equals(SEVERAL_MESSAGES)) {
      return Errors.of(
          ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "The call does not have one message.");
    }
    LOG.error(
        "{} was to answer {} ({}), which is no row of the error table",
        method,
        status.getCode(),
        status.getDescription(),
        status.getCause());
    return Errors.internal();
  }

  private static final class Checked<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private boolean closed;

    Checked(ServerCall<Q, A> call) {
      super(call);
    }

    void fail(Throwable cause) {
      if (closed) {
        LOG.error("{} failed after its end", getMethodDescriptor().getFullMethodName(), cause);
      } else {
        close(Status.UNKNOWN.withCause(cause), new Metadata());
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed = true;
      if (status.isOk() || Errors.isOfTheTable(status, trailers)) {
        super.close(status, trailers);
        return;
      }
      StatusRuntimeException told = replacement(getMethodDescriptor().getFullMethodName(), status);
      super.close(told.getStatus(), told.getTrailers());
    }
  }

  /** grpc-java answers what is thrown here with UNKNOWN, past all interceptors. */
  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Checked<Q, ?> call;

    Guarded(ServerCall.Listener<Q> listener, Checked<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    private void guard(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException | Error e) {
        call.fail(e);
      }
    }
  }
}
