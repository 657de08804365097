package dev.workflowsteps.contract;

import dev.workflowsteps.proto.v1.Violations;
import io.grpc.Metadata;

/** The metadata that a call carries beside its message. */
public final class CallHeaders {

  /** The key that decides the organization. */
  public static final Metadata.Key<String> API_KEY = text("api-key");

  /** The same key as {@code Bearer KEY}. */
  public static final Metadata.Key<String> AUTHORIZATION = text("authorization");

  /** The id of the request, in requests and in trailers. */
  public static final Metadata.Key<String> REQUEST_ID = text(RequestId.HEADER);

  /** The trace that the call belongs to: see {@link Traceparent}. */
  public static final Metadata.Key<String> TRACEPARENT = text(Traceparent.HEADER);

  /** What tracing systems add to it; nobody here reads it. */
  public static final Metadata.Key<String> TRACESTATE = text("tracestate");

  /** The program that calls. */
  public static final Metadata.Key<String> USER_AGENT = text("user-agent");

  /**
   * What is left of the organization's rate limits, in responses of organizations that have one;
   * like {@link #RATE_LIMIT_POLICY} in the form of draft-ietf-httpapi-ratelimit-headers-11.
   */
  public static final Metadata.Key<String> RATE_LIMIT = text("ratelimit");

  /** The organization's rate limits. */
  public static final Metadata.Key<String> RATE_LIMIT_POLICY = text("ratelimit-policy");

  /** What the REST adapter found wrong with the parameters: a {@link Violations} message. */
  public static final Metadata.Key<byte[]> VIOLATIONS =
      Metadata.Key.of("workflows-violations-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /**
   * The id of the organization, in UTF-8: in the responses to a valid key, whatever became of the
   * call, if the request has this header too (empty). The REST adapter counts connections by it,
   * and has it in its access log.
   */
  public static final Metadata.Key<byte[]> ORGANIZATION =
      Metadata.Key.of("workflows-organization-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** The id of the key, in the same responses. */
  public static final Metadata.Key<String> KEY_ID = text("workflows-key-id");

  /** Whether a key was sent, a wrong one perhaps. */
  public static boolean haveKey(Metadata headers) {
    return headers.containsKey(API_KEY) || headers.containsKey(AUTHORIZATION);
  }

  private static Metadata.Key<String> text(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private CallHeaders() {}
}
