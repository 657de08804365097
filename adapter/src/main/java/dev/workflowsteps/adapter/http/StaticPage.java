package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.util.concurrent.CompletableFuture;

/**
 * A text that is the same for everybody and needs no key. Has no parameters; a query is not looked
 * at.
 *
 * @param path where it is served, as it stands in a request line
 * @param policy the {@code Content-Security-Policy} for browsers
 * @param body may still be in the making; requests wait for it
 * @param compressed the same, made once
 */
public record StaticPage(
    String path,
    MediaType type,
    String policy,
    CompletableFuture<byte[]> body,
    CompletableFuture<byte[]> compressed) {

  public StaticPage(String path, MediaType type, String policy, CompletableFuture<byte[]> body) {
    this(path, type, policy, body, body.thenApply(bytes -> Gzip.compressed(HttpData.wrap(bytes))));
  }

  public HttpResponse response(RequestHeaders request, String requestId) {
    return HttpResponse.of(
        body.thenCompose(
            bytes -> {
              boolean asked = Gzip.isFor(request, bytes.length);
              return (asked ? compressed : body)
                  .thenApply(sent -> response(request.method(), requestId, asked, sent));
            }));
  }

  private HttpResponse response(
      HttpMethod method, String requestId, boolean isCompressed, byte[] sent) {
    ResponseHeadersBuilder headers =
        Responses.headers(HttpStatus.OK, requestId)
            .contentType(type)
            .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy);
    Gzip.describe(headers, isCompressed);
    return Responses.of(method, headers, HttpData.wrap(sent));
  }
}
