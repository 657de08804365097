package dev.workflowsteps.adapter.rest;

import com.google.common.base.CharMatcher;
import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.adapter.http.RequestIds;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.Limits;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The calls of REST to the gRPC server. Messages go and come as bytes: nothing parses an answer.
 */
final class Upstream {

  private static final CallOptions OPTIONS =
      CallOptions.DEFAULT.withMaxInboundMessageSize(Limits.MAX_RESPONSE_BYTES);

  /** What tells who is asking. */
  private static final List<Metadata.Key<String>> CREDENTIALS =
      List.of(CallHeaders.API_KEY, CallHeaders.AUTHORIZATION);

  /** Longer than any key: what is cut off one that is no key leaves it none. */
  private static final int MOST_CREDENTIAL_CHARACTERS = 256;

  /** Over a network gRPC drops a value with any other character, and logs it as it is. */
  private static final CharMatcher METADATA = CharMatcher.inRange(' ', '~');

  private static final byte[] NOTHING = {};

  /** Counts as given, and is no key. */
  private static final String NO_KEY = "-";

  /** Two different ones are refused as surely as a hundred. */
  private static final int MOST_CREDENTIALS = 2;

  /** W3C Trace Context wants this much to be passed on; more is left out. */
  private static final int MOST_TRACE_STATE_CHARACTERS = 512;

  private final UnaryChannel channel;
  private final Duration timeout;

  Upstream(UnaryChannel channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
  }

  /** A unary method of that full name. Routes are reads, so it may be called twice. */
  static MethodDescriptor<byte[], byte[]> method(String fullMethodName) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(fullMethodName)
        .setIdempotent(true)
        .setRequestMarshaller(ByteMarshaller.INSTANCE)
        .setResponseMarshaller(ByteMarshaller.INSTANCE)
        .build();
  }

  /**
   * Cancelling the future cancels the call.
   *
   * @param caller whose request it is
   */
  ListenableFuture<UnaryResponse> call(
      MethodDescriptor<byte[], byte[]> method,
      Parameters.Request request,
      RequestHeaders headers,
      InetAddress caller,
      String id) {
    return channel.call(
        method,
        request.message(),
        metadata(request, headers, id),
        OPTIONS
            .withOption(UnaryChannel.CALLER, caller)
            .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
  }

  private static Metadata metadata(Parameters.Request request, RequestHeaders headers, String id) {
    Metadata metadata = new Metadata();
    metadata.put(CallHeaders.REQUEST_ID, id);
    metadata.put(CallHeaders.ORGANIZATION, NOTHING);
    for (Metadata.Key<String> key : CREDENTIALS) {
      Set<String> given = new HashSet<>();
      for (String sent : headers.getAll(key.name())) {
        String bounded = bounded(sent);
        if (given.size() < MOST_CREDENTIALS && given.add(bounded)) {
          metadata.put(key, bounded);
        }
      }
    }
    addTrace(headers, metadata);
    if (request.violations().getViolationsCount() > 0) {
      metadata.put(CallHeaders.VIOLATIONS, request.violations().toByteArray());
    }
    return metadata;
  }

  /** As the caller sent it: REST adds nothing to a trace. */
  private static void addTrace(RequestHeaders headers, Metadata metadata) {
    String traceparent = RequestIds.traceparent(headers);
    if (traceparent.isEmpty()) {
      return;
    }
    metadata.put(CallHeaders.TRACEPARENT, traceparent);
    String state = String.join(",", headers.getAll(CallHeaders.TRACESTATE.name()));
    if (!state.isEmpty()
        && state.length() <= MOST_TRACE_STATE_CHARACTERS
        && METADATA.matchesAllOf(state)) {
      metadata.put(CallHeaders.TRACESTATE, state);
    }
  }

  /** So that what the server takes of metadata is never passed: it would break off the call. */
  private static String bounded(String credential) {
    String bounded =
        credential.substring(0, Math.min(credential.length(), MOST_CREDENTIAL_CHARACTERS));
    return METADATA.matchesAllOf(bounded) ? bounded : NO_KEY;
  }
}
