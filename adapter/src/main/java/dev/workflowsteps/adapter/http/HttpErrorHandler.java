package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The errors that Armeria answers by itself, in the one shape that all errors have. */
public final class HttpErrorHandler implements ServerErrorHandler {

  private static final Logger LOG = LoggerFactory.getLogger(HttpErrorHandler.class);

  /** How Armeria describes, over HTTP/2, a method that it does not know. Its status is 400 then. */
  private static final String UNKNOWN_METHOD = "Invalid method";

  private static final String LATE_BODY =
      "The body of the request did not arrive in time. Send all of it, or none: no route reads it.";

  private final Cors cors;
  private final HttpHeaders ofEveryResponse;
  private final AccessLog accessLog;

  /**
   * Answers as the routes do.
   *
   * @param ofEveryResponse what Armeria adds to the responses of the routes
   * @param accessLog has lines of requests that come no further
   */
  public HttpErrorHandler(Cors cors, HttpHeaders ofEveryResponse, AccessLog accessLog) {
    this.cors = cors;
    this.ofEveryResponse = ofEveryResponse;
    this.accessLog = accessLog;
  }

  @Override
  public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    ErrorResponse response = error(context, cause);
    if (cause instanceof RequestTimeoutException && context.request().isOpen()) {
      var unused = context.initiateConnectionShutdown();
      response = ErrorResponse.of(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, LATE_BODY);
    }
    return cors.with(
        context.request(), response.response(context.method(), RequestIds.of(context)));
  }

  @Override
  public AggregatedHttpResponse onProtocolViolation(
      ServiceConfig config,
      RequestHeaders headers,
      HttpStatus status,
      String description,
      Throwable cause) {
    boolean unknownMethod = description != null && description.startsWith(UNKNOWN_METHOD);
    int code = unknownMethod ? HttpStatus.METHOD_NOT_ALLOWED.code() : status.code();
    String id = RequestIds.of(headers);
    AggregatedHttpResponse response = aggregated(code, headers, id);
    if (accessLog.takes(true, 0)) {
      accessLog.add(entry(headers, id, response));
    }
    return response;
  }

  /** Armeria tells neither how long it took nor where the caller is. */
  private static AccessLog.Entry entry(
      RequestHeaders headers, String id, AggregatedHttpResponse response) {
    boolean known = headers != null;
    return new AccessLog.Entry(
        System.currentTimeMillis(),
        new AccessLog.Request(
            id,
            known ? RequestIds.traceId(headers) : "",
            known ? headers.method().name() : HttpMethod.UNKNOWN.name(),
            "other"),
        new AccessLog.Outcome(response.status().codeAsText(), -1, -1, response.content().length()),
        new AccessLog.Caller("", "", "", known ? headers.get(HttpHeaderNames.USER_AGENT, "") : ""),
        true);
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      ServiceRequestContext context,
      ServiceConfig config,
      RequestHeaders headers,
      HttpStatus status,
      String description,
      Throwable cause) {
    return aggregated(status.code(), headers, RequestIds.of(headers));
  }

  /**
   * @param headers null if they could not be read
   */
  private AggregatedHttpResponse aggregated(int status, RequestHeaders headers, String id) {
    AggregatedHttpResponse error = ofStatus(status).aggregated(id);
    AggregatedHttpResponse response =
        AggregatedHttpResponse.of(
            error.headers().toBuilder().set(ofEveryResponse).build(), error.content());
    return headers == null ? response : cors.with(headers, response);
  }

  private static ErrorResponse error(ServiceRequestContext context, Throwable cause) {
    if (cause instanceof RequestTimeoutException) {
      return ErrorResponse.of(ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED);
    }
    if (cause instanceof HttpStatusException status) {
      return ofStatus(status.httpStatus().code());
    }
    if (cause instanceof ContentTooLargeException) {
      return ofStatus(HttpStatus.REQUEST_ENTITY_TOO_LARGE.code());
    }
    if (cause instanceof ClosedStreamException || cause instanceof CancellationException) {
      return ErrorResponse.of(ErrorReason.ERROR_REASON_CANCELLED);
    }
    if (cause instanceof ShuttingDownException) {
      return ErrorResponse.of(ErrorReason.ERROR_REASON_UNAVAILABLE);
    }
    return RequestIds.inLog(
        context,
        () -> {
          LOG.error("a request failed by an error of the program", cause);
          return ErrorResponse.of(ErrorReason.ERROR_REASON_INTERNAL);
        });
  }

  private static ErrorResponse ofStatus(int status) {
    return ErrorResponse.of(ErrorTable.ofHttpStatus(status));
  }
}
