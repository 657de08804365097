package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.workflowsteps.contract.CallHeaders;
import io.grpc.Metadata;
import java.util.List;

/** What the server says of rate limits is passed on to the caller. */
final class RateLimitFields {

  private static final List<Metadata.Key<String>> FIELDS =
      List.of(CallHeaders.RATE_LIMIT, CallHeaders.RATE_LIMIT_POLICY);

  /** Adds the fields of the server's answer, or of its error, to the response. */
  static void add(Metadata headers, ServiceRequestContext context) {
    for (Metadata.Key<String> field : FIELDS) {
      String value = headers.get(field);
      if (value != null) {
        context.mutateAdditionalResponseHeaders(all -> all.set(field.name(), value));
      }
    }
  }

  private RateLimitFields() {}
}
