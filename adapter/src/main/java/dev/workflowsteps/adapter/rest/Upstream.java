package dev.workflowsteps.adapter.rest;

import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.adapter.http.RequestIds;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gRPC server behind REST. Messages go and come as bytes: nothing here parses an answer. */
final class Upstream {

  /** The longest answer: one step with 64 MiB of payloads, and what stands around them. */
  private static final int MOST_ANSWER_BYTES = 68 << 20;

  private static final Metadata.Key<byte[]> VIOLATIONS =
      Metadata.Key.of("workflows-violations-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** What tells who is asking. */
  private static final List<String> CREDENTIALS = List.of("api-key", "authorization");

  /** Longer than any key: what is cut off one that is no key leaves it none. */
  private static final int MOST_CREDENTIAL_CHARACTERS = 256;

  /** Counts as given, and is no key. */
  private static final String NO_KEY = "-";

  /** Two different ones are refused as surely as a hundred. */
  private static final int MOST_CREDENTIALS = 2;

  private final Channel channel;
  private final Duration timeout;

  Upstream(Channel channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
  }

  /** Cancelling the future cancels the call. */
  ListenableFuture<byte[]> call(
      String fullMethodName, Parameters.Request request, RequestHeaders headers, String id) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(fullMethodName)
            .setRequestMarshaller(ByteMarshaller.INSTANCE)
            .setResponseMarshaller(ByteMarshaller.INSTANCE)
            .build();
    Channel attached =
        ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(metadata(request, headers, id)));
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
            .withMaxInboundMessageSize(MOST_ANSWER_BYTES);
    return ClientCalls.futureUnaryCall(attached.newCall(method, options), request.message());
  }

  private static Metadata metadata(Parameters.Request request, RequestHeaders headers, String id) {
    Metadata metadata = new Metadata();
    metadata.put(key(RequestIds.HEADER), id);
    for (String name : CREDENTIALS) {
      headers.getAll(name).stream()
          .map(Upstream::bounded)
          .distinct()
          .limit(MOST_CREDENTIALS)
          .forEach(value -> metadata.put(key(name), value));
    }
    if (request.findings().getViolationsCount() > 0) {
      metadata.put(VIOLATIONS, request.findings().toByteArray());
    }
    return metadata;
  }

  /** So that what the server takes of metadata is never passed: it would break off the call. */
  private static String bounded(String credential) {
    String bounded =
        credential.substring(0, Math.min(credential.length(), MOST_CREDENTIAL_CHARACTERS));
    return bounded.chars().allMatch(Upstream::isMetadata) ? bounded : NO_KEY;
  }

  /** Over a network gRPC drops a value with any other character, and logs it as it is. */
  private static boolean isMetadata(int character) {
    return character >= ' ' && character <= '~';
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
