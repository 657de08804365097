package dev.workflowsteps.adapter.rest;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Keeps what comes beside the messages. */
final class SeenCalls implements ServerInterceptor {

  volatile Metadata headers;
  volatile byte[] violations;
  volatile String times;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
    headers = metadata;
    violations =
        metadata.get(Metadata.Key.of("workflows-violations-bin", Metadata.BINARY_BYTE_MARSHALLER));
    return Contexts.interceptCall(Context.current(), call, metadata, next);
  }

  String header(String name) {
    return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  void answered(String route, String method, int status, long nanos) {
    times = route + " " + method + " " + status;
  }
}
