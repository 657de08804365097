package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ProtocolViolationException;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.adapter.http.RequestIds;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Sees to it that each request is timed when it has ended, and gets its line in the access log. */
final class FinishedRequests {

  /** The route of requests that have none. */
  static final String OTHER = "other";

  private static final int CALLER_GONE =
      ErrorTable.row(ErrorReason.ERROR_REASON_CANCELLED).getHttp();

  /** What callers without a valid key can cause on routes, and with one as often as they like. */
  private static final Set<Integer> LIMITED =
      Set.of(
          HttpStatus.BAD_REQUEST.code(),
          HttpStatus.UNAUTHORIZED.code(),
          HttpStatus.METHOD_NOT_ALLOWED.code(),
          HttpStatus.TOO_MANY_REQUESTS.code(),
          CALLER_GONE,
          HttpStatus.SERVICE_UNAVAILABLE.code());

  private static final AttributeKey<KeyOwner> KEY_OWNER =
      AttributeKey.valueOf(FinishedRequests.class, "KEY_OWNER");

  private static final KeyOwner UNKNOWN = new KeyOwner("", "");

  private final Set<String> withKey;
  private final RequestTimes times;
  private final AccessLog accessLog;

  /** As the server names it. */
  private record KeyOwner(String organization, String keyId) {}

  /**
   * @param routes those that need a key
   */
  FinishedRequests(List<RestRoute> routes, RequestTimes times, AccessLog accessLog) {
    this.withKey = routes.stream().map(RestRoute::template).collect(Collectors.toSet());
    this.times = times;
    this.accessLog = accessLog;
  }

  /**
   * Waits for the end of a request, without a thread.
   *
   * @param template of its route
   */
  void await(ServiceRequestContext context, String template) {
    var unused = context.log().whenComplete().thenAccept(log -> add(context, template, log));
  }

  /**
   * The key of the request is valid.
   *
   * @param keyId empty if the server, an older one, doesn't tell
   */
  static void authenticated(ServiceRequestContext context, String organization, String keyId) {
    context.setAttr(KEY_OWNER, new KeyOwner(organization, keyId));
  }

  private void add(ServiceRequestContext context, String template, RequestLog log) {
    // There is no status of a broken body, nor of a caller who left before any header.
    int sent = log.responseStatus().code();
    boolean violation = sent == 0 && log.responseCause() instanceof ProtocolViolationException;
    int status = violation ? HttpStatus.BAD_REQUEST.code() : sent == 0 ? CALLER_GONE : sent;
    long nanos = log.totalDurationNanos();
    times.record(template, known(context.method()), status, nanos);
    // Armeria has answered a violation by itself, with another id: HttpErrorHandler has its line.
    if (!violation && accessLog.takes(status >= HttpStatus.BAD_REQUEST.code(), nanos)) {
      accessLog.add(entry(context, template, status, nanos, log.responseLength()));
    }
  }

  private AccessLog.Entry entry(
      ServiceRequestContext context, String template, int status, long nanos, long bytes) {
    KeyOwner owner = Objects.requireNonNullElse(context.attr(KEY_OWNER), UNKNOWN);
    return new AccessLog.Entry(
        System.currentTimeMillis(),
        new AccessLog.Request(
            RequestIds.of(context),
            RequestIds.traceId(context.request().headers()),
            context.method().name(),
            template),
        new AccessLog.Outcome(Integer.toString(status), nanos, -1, bytes),
        new AccessLog.Caller(
            owner.organization,
            owner.keyId,
            context.remoteAddress().getAddress().getHostAddress(),
            context.request().headers().get(HttpHeaderNames.USER_AGENT, "")),
        status < HttpStatus.BAD_REQUEST.code()
            || !withKey.contains(template)
            || LIMITED.contains(status));
  }

  private static String known(HttpMethod method) {
    return switch (method) {
      case GET, HEAD, OPTIONS -> method.name();
      default -> OTHER;
    };
  }
}
