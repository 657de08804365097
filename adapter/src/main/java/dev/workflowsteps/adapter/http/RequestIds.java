package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.contract.Traceparent;
import io.netty.util.AttributeKey;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * The id of a request: the caller's own if it is a usable one, else a new one. And the id of its
 * trace, if the caller sent one.
 */
public final class RequestIds {

  private static final AttributeKey<String> CURRENT =
      AttributeKey.valueOf(RequestIds.class, "CURRENT");

  /** The same for the whole of a request. */
  public static String of(ServiceRequestContext context) {
    String known = context.attr(CURRENT);
    if (known != null) {
      return known;
    }
    String id = of(context.request().headers());
    context.setAttr(CURRENT, id);
    return id;
  }

  /** The header {@code traceparent}, if it is valid and the only one; else empty. */
  public static String traceparent(RequestHeaders headers) {
    List<String> sent = headers.getAll(Traceparent.HEADER);
    return sent.size() == 1 && !Traceparent.traceId(sent.get(0)).isEmpty() ? sent.get(0) : "";
  }

  /** The id in {@link #traceparent}; empty if there is none. */
  public static String traceId(RequestHeaders headers) {
    return Traceparent.traceId(traceparent(headers));
  }

  /** Does something whose lines in the log have these ids. */
  public static <T> T inLog(ServiceRequestContext context, Supplier<T> work) {
    // In the same process this thread may be one of the call's.
    Map<String, String> outer = MDC.getCopyOfContextMap();
    MDC.put(LogNames.REQUEST_ID, of(context));
    String traceId = traceId(context.request().headers());
    if (!traceId.isEmpty()) {
      MDC.put(LogNames.TRACE_ID, traceId);
    }
    try {
      return work.get();
    } finally {
      if (outer == null) {
        MDC.clear();
      } else {
        MDC.setContextMap(outer);
      }
    }
  }

  static String of(RequestHeaders headers) {
    return RequestId.of(headers == null ? null : headers.get(RequestId.HEADER));
  }

  private RequestIds() {}
}
