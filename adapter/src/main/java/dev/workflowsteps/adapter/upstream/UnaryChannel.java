package dev.workflowsteps.adapter.upstream;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;

/**
 * Where unary calls go, whose messages nobody on the way needs to understand. Safe for use by many
 * threads.
 */
@FunctionalInterface
public interface UnaryChannel {

  /**
   * Calls a method once as far as the caller can see. Cancelling the future cancels the call.
   *
   * @return the answer, or a {@link io.grpc.StatusRuntimeException}; on a thread of the channel's
   *     executor
   */
  ListenableFuture<byte[]> call(
      MethodDescriptor<byte[], byte[]> method,
      byte[] message,
      Metadata headers,
      CallOptions options);

  /** The calls of a channel, as they are. */
  static UnaryChannel of(Channel channel) {
    return (method, message, headers, options) ->
        ClientCalls.futureUnaryCall(
            ClientInterceptors.intercept(
                    channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                .newCall(method, options),
            message);
  }
}
