package dev.workflowsteps.adapter.rest;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Keeps what comes beside the messages, and adds to what goes there. */
final class SeenCalls implements ServerInterceptor {

  /** Of every answer; in the trailers of those that have no headers. */
  final Metadata adds = new Metadata();

  volatile Metadata headers;
  volatile byte[] violations;
  volatile String times;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    headers = metadata;
    violations =
        metadata.get(Metadata.Key.of("workflows-violations-bin", Metadata.BINARY_BYTE_MARSHALLER));
    return Contexts.interceptCall(Context.current(), new Adding<>(call), metadata, next);
  }

  String header(String name) {
    return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  private final class Adding<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private boolean added;

    Adding(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata sent) {
      added = true;
      sent.merge(adds);
      super.sendHeaders(sent);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!added) {
        trailers.merge(adds);
      }
      super.close(status, trailers);
    }
  }

  void answered(String route, String method, int status, long nanos) {
    times = route + " " + method + " " + status;
  }
}
