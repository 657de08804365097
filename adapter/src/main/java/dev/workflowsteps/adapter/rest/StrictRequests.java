package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestTarget;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SniHandler;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Sees to requests before Armeria does, in Netty's pipeline, so that the service answers all of
 * them in its own way: with a sentence, the caller's request id and CORS.
 *
 * <p>It passes on targets that Armeria refuses: broken percent-encoding, control characters, two
 * dots as a segment of the path. Some are no mistake, for an id may be two dots. And it lets the
 * service refuse what RFC 9112 calls no request, some of which Netty and Armeria take. Such a
 * request goes on as one for {@code /}, with its own target, or with what is wrong, in a header
 * whose name nobody outside knows.
 */
final class StrictRequests {

  /** Armeria takes these targets; most requests are spared a second parsing. */
  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z0-9_/?=&,-]*");

  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  private final AsciiString target = AsciiString.of("target-" + UUID.randomUUID());
  private final AsciiString refusal = AsciiString.of("refusal-" + UUID.randomUUID());

  /** Sees to the requests of a new connection, behind its TLS if it has any. */
  void watch(ChannelPipeline pipeline) {
    ChannelHandlerContext tls = pipeline.context(SniHandler.class);
    if (tls == null) {
      pipeline.addFirst(new Http1Lines(this));
    } else {
      pipeline.addAfter(tls.name(), null, new Http1Lines(this));
    }
  }

  /** The target that was sent, if it is one that Armeria refuses. */
  Optional<String> target(RequestHeaders headers) {
    return Optional.ofNullable(headers.get(target))
        .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.ISO_8859_1));
  }

  /** The error that answers a request which is none. */
  Optional<ErrorResponse> refusal(RequestHeaders headers) {
    return Optional.ofNullable(headers.get(refusal))
        .map(value -> value.split(" ", 2))
        .map(parts -> ErrorResponse.of(ErrorReason.valueOf(parts[0]), parts[1]));
  }

  void refuse(HttpRequest request, ErrorResponse error) {
    request.setUri("/").headers().set(refusal, error.reason().name() + ' ' + error.message());
  }

  void pass(HttpRequest request) {
    String uri = request.uri();
    String sent = ABSOLUTE.matcher(uri).matches() ? RestServer.withoutAuthority(uri) : uri;
    if (isRefusedByArmeria(request.method().name(), sent)) {
      request.setUri("/").headers().set(target, encoded(sent));
    }
  }

  void pass(Http2Headers headers) {
    CharSequence sent = headers.path();
    if (isRefusedByArmeria(headers.method(), sent)) {
      headers.path("/").set(target, encoded(sent));
    }
  }

  private static boolean isRefusedByArmeria(CharSequence method, CharSequence target) {
    if (target == null || target.length() == 0) {
      return false;
    }
    if (target.charAt(0) != '/') {
      return "*".contentEquals(target)
          && method != null
          && HttpMethod.OPTIONS.name().contentEquals(method);
    }
    return !ORDINARY.matcher(target).matches()
        && RequestTarget.forServer(target.toString()) == null;
  }

  private static String encoded(CharSequence target) {
    byte[] bytes = target.toString().getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
