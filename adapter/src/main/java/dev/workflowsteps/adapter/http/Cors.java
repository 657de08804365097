package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.util.List;

/** Tells browsers which pages of other origins may read the responses. */
public final class Cors {

  /** Stands for every origin. */
  private static final String ANY = "*";

  private static final String REQUEST_HEADERS =
      "api-key, authorization, if-none-match, traceparent";
  private static final String RESPONSE_HEADERS =
      "x-request-id, retry-after, ratelimit, ratelimit-policy, etag";
  private static final String PREFLIGHT_SECONDS = "600";

  private final List<String> origins;

  /**
   * Takes the origins whose pages may.
   *
   * @param origins as browsers send them, or {@code *} for every one; empty = responses say nothing
   *     about origins
   */
  public Cors(List<String> origins) {
    this.origins = origins;
  }

  /** The response, with what the browser that sent the request must be told. */
  public HttpResponse with(HttpRequest request, HttpResponse response) {
    return origins.isEmpty()
        ? response
        : response.mapHeaders(headers -> headers(request.headers(), headers));
  }

  /** As {@link #with(HttpRequest, HttpResponse)}, for a response that is there as a whole. */
  AggregatedHttpResponse with(RequestHeaders request, AggregatedHttpResponse response) {
    return origins.isEmpty()
        ? response
        : AggregatedHttpResponse.of(headers(request, response.headers()), response.content());
  }

  private ResponseHeaders headers(RequestHeaders request, ResponseHeaders response) {
    ResponseHeadersBuilder headers = response.toBuilder().add(HttpHeaderNames.VARY, "origin");
    String origin = request.get(HttpHeaderNames.ORIGIN);
    if (origin == null || !(origins.contains(ANY) || origins.contains(origin))) {
      return headers.build();
    }
    headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origins.contains(ANY) ? ANY : origin);
    if (request.method() == HttpMethod.OPTIONS
        && request.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)) {
      headers
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, Responses.ALLOWED)
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
          .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    } else {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    return headers.build();
  }
}
