package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.workflowsteps.contract.RequestId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Responses, with the headers that each of them has. */
public final class Responses {

  /** The methods of every route. */
  public static final String ALLOWED = "GET, HEAD, OPTIONS";

  /**
   * RFC 9110, section 5.6.7: the day always has two digits. RFC_1123_DATE_TIME, Armeria's, has one
   * until the 9th.
   */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  /** The headers of a response with JSON in it. */
  public static ResponseHeadersBuilder json(HttpStatus status, String requestId) {
    return headers(status, requestId).contentType(MediaType.JSON);
  }

  /** The headers of any response. */
  public static ResponseHeadersBuilder headers(HttpStatus status, String requestId) {
    return ResponseHeaders.builder(status)
        .set(HttpHeaderNames.DATE, date(Instant.now()))
        .set(RequestId.HEADER, requestId)
        .set(HttpHeaderNames.CACHE_CONTROL, "private, no-store")
        .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
  }

  static String date(Instant time) {
    return DATE.format(time);
  }

  /** With its length, and for HEAD without its body. */
  public static HttpResponse of(HttpMethod method, ResponseHeadersBuilder headers, HttpData body) {
    headers.contentLength(body.length());
    if (method == HttpMethod.HEAD) {
      body.close();
      return HttpResponse.of(headers.build());
    }
    return HttpResponse.of(headers.build(), body);
  }

  private Responses() {}
}
