package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.util.concurrent.CompletableFuture;

/**
 * A page that is the same for everybody and needs no key. Has no parameters; a query is not looked
 * at.
 *
 * @param path where it is served, as it stands in a request line
 * @param policy the {@code Content-Security-Policy} for browsers
 * @param body may still be in the making; requests wait for it
 */
public record FixedPage(
    String path, MediaType type, String policy, CompletableFuture<byte[]> body) {

  public HttpResponse response(HttpMethod method, String requestId) {
    return HttpResponse.of(body.thenApply(bytes -> response(method, requestId, bytes)));
  }

  private HttpResponse response(HttpMethod method, String requestId, byte[] bytes) {
    return Answers.of(
        method,
        Answers.headers(HttpStatus.OK, requestId)
            .contentType(type)
            .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, policy),
        HttpData.wrap(bytes));
  }
}
