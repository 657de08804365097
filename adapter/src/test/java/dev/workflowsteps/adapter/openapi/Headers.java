package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.proto.v1.ErrorReason;
import java.util.List;

/** The headers of requests and answers that a caller should know of. */
final class Headers {

  private static final String RETRY_AFTER = "Retry-After";
  private static final String WWW_AUTHENTICATE = "WWW-Authenticate";
  private static final String ALLOW = "Allow";
  private static final String RATE_LIMIT = "RateLimit";
  private static final String RATE_LIMIT_POLICY = "RateLimit-Policy";

  /** Adds them, for all that refers to them. */
  static void define(ObjectNode components) {
    ObjectNode parameter = components.putObject("parameters").putObject(RequestId.HEADER);
    parameter.put("name", RequestId.HEADER).put("in", "header");
    parameter.put("description", "An id for the request, kept if it has this form.");
    parameter.putObject("schema").put("type", "string").put("pattern", "^[A-Za-z0-9._-]{1,64}$");
    ObjectNode headers = components.putObject("headers");
    define(headers, RequestId.HEADER, true, "The id of the request: the caller's, or a new one.");
    define(headers, RETRY_AFTER, true, "How many seconds to wait before it is sent again.");
    define(headers, WWW_AUTHENTICATE, true, "`Bearer`.");
    define(headers, ALLOW, true, "The methods that the path takes.");
    define(
        headers,
        RATE_LIMIT_POLICY,
        false,
        "The organization's rate limits, if it has any: `\"requests\";q=50;w=1` is 50 requests per"
            + " second, `\"bytes\";q=5000000;w=1;qu=\"content-bytes\"` 5000000 bytes of responses.");
    define(
        headers,
        RATE_LIMIT,
        false,
        "What is left of them: `\"requests\";r=49;t=1` is 49 requests for the next second.");
  }

  static ObjectNode parameter(ObjectNode reference) {
    return reference.put("$ref", "#/components/parameters/" + RequestId.HEADER);
  }

  /**
   * Adds those that an answer has.
   *
   * @param reasons none = it is no error
   */
  static void refer(ObjectNode response, List<ErrorReason> reasons) {
    ObjectNode headers = response.putObject("headers");
    refer(headers, RequestId.HEADER);
    refer(headers, RATE_LIMIT_POLICY);
    refer(headers, RATE_LIMIT);
    for (ErrorReason reason : reasons) {
      switch (reason) {
        case ERROR_REASON_UNAUTHENTICATED -> refer(headers, WWW_AUTHENTICATE);
        case ERROR_REASON_METHOD_NOT_ALLOWED -> refer(headers, ALLOW);
        case ERROR_REASON_UNAVAILABLE, ERROR_REASON_RATE_LIMITED -> refer(headers, RETRY_AFTER);
        default -> {
          // Those of every answer.
        }
      }
    }
  }

  private static void refer(ObjectNode headers, String name) {
    headers.putObject(name).put("$ref", "#/components/headers/" + name);
  }

  private static void define(ObjectNode headers, String name, boolean required, String text) {
    ObjectNode header = headers.putObject(name).put("description", text).put("required", required);
    header.putObject("schema").put("type", name.equals(RETRY_AFTER) ? "integer" : "string");
  }

  private Headers() {}
}
