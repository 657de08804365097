package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;

/**
 * Rejects messages that are no protobuf, for services that are not ours (health, reflection).
 * grpc-java itself answers them with UNKNOWN and logs a stack for each.
 */
final class MalformedMessages implements ServerInterceptor {

  /** The service, with messages that are read inside of this interceptor. */
  static ServerServiceDefinition rejectedFor(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useInputStreamMessages(service), new MalformedMessages());
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

      private boolean rejected;

      @Override
      public void onMessage(Q message) {
        if (rejected) {
          return;
        }
        try {
          super.onMessage(message);
        } catch (StatusRuntimeException malformed) {
          rejected = true;
          StatusRuntimeException error =
              Errors.of(
                  ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
                  "The request message is not a protobuf message of the method's request type.");
          call.close(error.getStatus(), error.getTrailers());
        }
      }

      @Override
      public void onHalfClose() {
        if (!rejected) {
          super.onHalfClose();
        }
      }
    };
  }
}
