package dev.workflowsteps.adapter.upstream;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where unary calls go, whose messages nobody on the way needs to understand. Safe for use by many
 * threads.
 */
@FunctionalInterface
public interface UnaryChannel {

  /** The address that the call is made for. */
  CallOptions.Key<InetAddress> CALLER = CallOptions.Key.create("caller");

  /**
   * Calls a method once as far as the caller can see. Cancelling the future cancels the call.
   *
   * @return the answer, or a {@link io.grpc.StatusRuntimeException}; on a thread of the channel's
   *     executor
   */
  ListenableFuture<UnaryResponse> call(
      MethodDescriptor<byte[], byte[]> method,
      byte[] message,
      Metadata headers,
      CallOptions options);

  /**
   * The calls of a channel, as they are; but those that lose their connection are all {@code
   * UNAVAILABLE}. gRPC says {@code UNKNOWN} of some that it was about to write (grpc-java, issue
   * 10120).
   */
  static UnaryChannel of(Channel channel) {
    return (method, message, headers, options) -> {
      AtomicReference<Metadata> received = new AtomicReference<>(new Metadata());
      Channel attached =
          ClientInterceptors.intercept(
              channel,
              MetadataUtils.newAttachHeadersInterceptor(headers),
              MetadataUtils.newCaptureMetadataInterceptor(received, new AtomicReference<>()));
      ListenableFuture<UnaryResponse> answer =
          Futures.transform(
              ClientCalls.futureUnaryCall(attached.newCall(method, options), message),
              body -> new UnaryResponse(body, received.get(), () -> {}),
              MoreExecutors.directExecutor());
      return Futures.catchingAsync(
          answer,
          StatusRuntimeException.class,
          failure -> Futures.immediateFailedFuture(unavailableIfLost(failure)),
          MoreExecutors.directExecutor());
    };
  }

  private static StatusRuntimeException unavailableIfLost(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    boolean lost =
        status.getCode() == Status.Code.UNKNOWN
            && status.getCause() instanceof ClosedChannelException;
    return lost
        ? Status.UNAVAILABLE
            .withDescription(status.getDescription())
            .withCause(status.getCause())
            .asRuntimeException()
        : failure;
  }
}
