package dev.workflowsteps.adapter.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The response to an error, whoever found it: the server, the adapter, or HTTP itself.
 *
 * @param message one sentence for the caller
 * @param retryAfterSeconds for errors that pass by themselves
 */
public record ErrorResponse(
    ErrorReason reason, String message, Violations violations, long retryAfterSeconds) {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  public static ErrorResponse of(ErrorReason reason, String message) {
    return new ErrorResponse(reason, message, Violations.getDefaultInstance(), 1);
  }

  /** One that says what its row of the table says. */
  public static ErrorResponse of(ErrorReason reason) {
    return of(reason, ErrorTable.message(reason));
  }

  public HttpResponse response(HttpMethod method, String requestId) {
    return Responses.of(method, headers(requestId), HttpData.wrap(body()));
  }

  /** For what HTTP rejects before there is a request. */
  public AggregatedHttpResponse aggregated(String requestId) {
    HttpData body = HttpData.wrap(body());
    return AggregatedHttpResponse.of(headers(requestId).contentLength(body.length()).build(), body);
  }

  public HttpStatus status() {
    return HttpStatus.valueOf(ErrorTable.row(reason).getHttp());
  }

  private ResponseHeadersBuilder headers(String requestId) {
    ResponseHeadersBuilder headers = Responses.json(status(), requestId);
    if (reason == ErrorReason.ERROR_REASON_UNAUTHENTICATED) {
      headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    if (reason == ErrorReason.ERROR_REASON_METHOD_NOT_ALLOWED) {
      headers.set(HttpHeaderNames.ALLOW, Responses.ALLOWED);
    }
    if (reason == ErrorReason.ERROR_REASON_UNAVAILABLE
        || reason == ErrorReason.ERROR_REASON_RATE_LIMITED) {
      headers.set(HttpHeaderNames.RETRY_AFTER, Long.toString(Math.max(1, retryAfterSeconds)));
    }
    return headers;
  }

  private byte[] body() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("detail");
      json.writeStringField("code", ErrorTable.word(reason));
      json.writeStringField("message", message);
      json.writeObjectFieldStart("details");
      json.writeStringField("error", message);
      if (violations.getViolationsCount() > 0) {
        writeViolations(json);
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void writeViolations(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("violations");
    for (Violation violation : violations.getViolationsList()) {
      json.writeStartObject();
      json.writeStringField("field", violation.getField());
      if (violation.hasValue()) {
        json.writeStringField("value", violation.getValue());
      } else {
        json.writeNullField("value");
      }
      json.writeStringField("reason", violation.getReason());
      if (violation.getAllowedCount() > 0) {
        json.writeFieldName("allowed");
        String[] allowed = violation.getAllowedList().toArray(new String[0]);
        json.writeArray(allowed, 0, allowed.length);
      }
      if (violation.hasSuggestion()) {
        json.writeStringField("suggestion", violation.getSuggestion());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    if (violations.getOmitted() > 0) {
      json.writeNumberField("omitted", violations.getOmitted());
    }
  }
}
