package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Rejects messages that are no protobuf, for services that are not ours (health, reflection).
 * grpc-java itself answers them with UNKNOWN and logs a stack for each.
 */
final class MalformedMessages implements ServerInterceptor {

  /** The message, if it is short however it is compressed: nobody pays for what it inflates to. */
  @SuppressWarnings("unchecked") // messages of rejectedFor are streams
  private static <Q> Q bounded(Q message) throws UnreadMessageException {
    try {
      byte[] bytes = ((InputStream) message).readNBytes(Watches.MAX_BYTES + 1);
      if (bytes.length > Watches.MAX_BYTES) {
        throw new UnreadMessageException(Reason.TOO_LARGE);
      }
      return (Q) new ByteArrayInputStream(bytes);
    } catch (IOException e) {
      throw new UnreadMessageException(Reason.BROKEN);
    }
  }

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
          super.onMessage(bounded(message));
        } catch (StatusRuntimeException e) {
          // gRPC's own: of a protobuf that can't be parsed.
          reject(UnaryMethod.malformed());
        } catch (UnreadMessageException e) {
          reject(
              e.reason() == Reason.TOO_LARGE
                  ? Errors.of(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE)
                  : UnaryMethod.malformed());
        }
      }

      private void reject(StatusRuntimeException error) {
        rejected = true;
        call.close(error.getStatus(), error.getTrailers());
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
