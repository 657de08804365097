package dev.workflowsteps.adapter.http;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import java.util.UUID;
import java.util.regex.Pattern;

/** The id of a request: the caller's own if it is a usable one, else a new one. */
public final class RequestIds {

  public static final String HEADER = "x-request-id";

  private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
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
    String given = headers == null ? null : headers.get(HEADER);
    return given != null && USABLE.matcher(given).matches()
        ? given
        : "req_" + UUID.randomUUID().toString().replace("-", "");
  }

  private RequestIds() {}
}
