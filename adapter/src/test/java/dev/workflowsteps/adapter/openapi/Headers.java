package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.proto.v1.ErrorReason;
import java.util.List;

/** The headers of requests and answers that a caller should know of. */
final class Headers {

  private static final String RETRY_AFTER = "Retry-After";
  private static final String WWW_AUTHENTICATE = "WWW-Authenticate";
  private static final String ALLOW = "Allow";
  private static final String ETAG = "ETag";
  private static final String IF_NONE_MATCH = "If-None-Match";
  private static final String RATE_LIMIT = "RateLimit";
  private static final String RATE_LIMIT_POLICY = "RateLimit-Policy";

  /** Adds them, for all that refers to them. */
  static void define(ObjectNode components) {
    ObjectNode parameters = components.putObject("parameters");
    parameter(parameters, RequestId.HEADER, "An id for the request, kept if it has this form.")
        .put("pattern", "^[A-Za-z0-9._-]{1,64}$");
    parameter(
        parameters,
        IF_NONE_MATCH,
        "The `ETag` of the response that you hold, or several, separated by commas. The response is"
            + " a 304 without a body if it would be the same.");
    ObjectNode headers = components.putObject("headers");
    define(headers, RequestId.HEADER, true, "The id of the request: the caller's, or a new one.");
    define(
        headers,
        ETAG,
        true,
        "Changes with the body. The same for a GET and a HEAD, compressed or not, so it is weak.");
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

  /** Adds those that every request may have. */
  static void refer(ArrayNode parameters) {
    for (String name : List.of(IF_NONE_MATCH, RequestId.HEADER)) {
      parameters.addObject().put("$ref", "#/components/parameters/" + name);
    }
  }

  /** Adds those of a response that is no error. */
  static void refer(ObjectNode response) {
    refer(referToAll(response), ETAG);
  }

  /** Adds those of an error. */
  static void refer(ObjectNode response, List<ErrorReason> reasons) {
    ObjectNode headers = referToAll(response);
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

  /** Those of every response. */
  private static ObjectNode referToAll(ObjectNode response) {
    ObjectNode headers = response.putObject("headers");
    refer(headers, RequestId.HEADER);
    refer(headers, RATE_LIMIT_POLICY);
    refer(headers, RATE_LIMIT);
    return headers;
  }

  private static void refer(ObjectNode headers, String name) {
    headers.putObject(name).put("$ref", "#/components/headers/" + name);
  }

  /** Its schema, to be made narrower. */
  private static ObjectNode parameter(ObjectNode parameters, String name, String text) {
    ObjectNode parameter = parameters.putObject(name).put("name", name).put("in", "header");
    return parameter.put("description", text).putObject("schema").put("type", "string");
  }

  private static void define(ObjectNode headers, String name, boolean required, String text) {
    ObjectNode header = headers.putObject(name).put("description", text).put("required", required);
    header.putObject("schema").put("type", name.equals(RETRY_AFTER) ? "integer" : "string");
  }

  private Headers() {}
}
