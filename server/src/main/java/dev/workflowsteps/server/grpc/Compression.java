package dev.workflowsteps.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Answers compressed to a call that came compressed. That a client could read compressed answers is
 * no wish for them: most say so by default, and in a data centre it costs more than it saves.
 */
final class Compression implements ServerInterceptor {

  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private static final String GZIP = "gzip";

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (GZIP.equals(headers.get(ENCODING))) {
      call.setCompression(GZIP);
    }
    return next.startCall(call, headers);
  }
}
