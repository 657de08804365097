package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.ops.Meters;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/** Times each call from its headers to its status. */
final class CallMeters implements ServerInterceptor {

  private final Meters meters;

  CallMeters(Meters meters) {
    this.meters = meters;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    long start = System.nanoTime();
    String method = call.getMethodDescriptor().getFullMethodName();
    ServerCall<Q, A> timed =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            if (!call.isCancelled()) {
              record(method, status.getCode(), start);
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(timed, headers)) {
      @Override
      public void onCancel() {
        super.onCancel();
        record(method, Status.Code.CANCELLED, start);
      }
    };
  }

  private void record(String method, Status.Code code, long start) {
    meters.rpc(method, code.name()).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }
}
