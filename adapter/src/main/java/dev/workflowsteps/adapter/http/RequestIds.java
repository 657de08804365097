package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.contract.RequestId;
import io.netty.util.AttributeKey;

/** The id of a request: the caller's own if it is a usable one, else a new one. */
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

  static String of(RequestHeaders headers) {
    return RequestId.of(headers == null ? null : headers.get(RequestId.HEADER));
  }

  private RequestIds() {}
}
