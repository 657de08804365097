package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.ops.RpcMeters;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Times each call from its headers to its status. */
final class CallMeters implements ServerInterceptor {

  private final RpcMeters meters;

  CallMeters(RpcMeters meters) {
    this.meters = meters;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    long start = System.nanoTime();
    String method = call.getMethodDescriptor().getBareMethodName();
    ServerCall<Q, A> timed =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            if (!call.isCancelled()) {
              meters.call(method, status.getCode().name(), System.nanoTime() - start);
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(timed, headers)) {
      @Override
      public void onCancel() {
        super.onCancel();
        meters.call(method, Status.Code.CANCELLED.name(), System.nanoTime() - start);
      }
    };
  }
}
