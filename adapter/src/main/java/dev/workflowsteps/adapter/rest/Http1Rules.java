package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What RFC 9112 asks of a request's head and Netty does not. */
final class Http1Rules {

  /** RFC 3986: a name or an address, and perhaps a port. */
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-f:.]+])(:[0-9]*)?");

  /** The error that answers a request; empty if nothing is wrong with its head. */
  static Optional<ErrorResponse> violation(HttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      return Optional.of(ErrorResponse.of(reason(request.decoderResult().cause())));
    }
    HttpHeaders headers = request.headers();
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    boolean needsHost = !request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    if (hosts.size() > 1 || (hosts.isEmpty() && needsHost)) {
      return malformed("The request has " + hosts.size() + " Host headers (expected: one).");
    }
    if (!hosts.isEmpty() && !HOST.matcher(hosts.get(0)).matches()) {
      return malformed("The header Host holds no host and port.");
    }
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
      return malformed("The header Transfer-Encoding is not supported (expected: chunked).");
    }
    if (coding == null
        && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)
        && HttpUtil.getContentLength(request, 0L) > 0) {
      // Netty takes the next eight bytes, which begin another request, for a body.
      return malformed("The headers Sec-WebSocket-Key1 and Sec-WebSocket-Key2 are not supported.");
    }
    String expected = headers.get(HttpHeaderNames.EXPECT);
    if (expected != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected)) {
      return malformed("The header Expect is not supported (expected: 100-continue).");
    }
    return Optional.empty();
  }

  static Optional<ErrorResponse> malformed(String message) {
    return Optional.of(ErrorResponse.of(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, message));
  }

  private static ErrorReason reason(Throwable failure) {
    if (failure instanceof TooLongHttpLineException) {
      return ErrorReason.ERROR_REASON_URI_TOO_LONG;
    }
    return failure instanceof TooLongHttpHeaderException
        ? ErrorReason.ERROR_REASON_HEADERS_TOO_LARGE
        : ErrorReason.ERROR_REASON_MALFORMED_REQUEST;
  }

  private Http1Rules() {}
}
