package dev.workflowsteps.adapter.requests;

import io.grpc.Status;
import java.util.Locale;

/** The errors that requests may be answered with, as section 7 of the contract has them. */
enum Code {
  INVALID_REQUEST(422, Status.Code.INVALID_ARGUMENT),
  UNKNOWN_PARAMETER(422, Status.Code.INVALID_ARGUMENT),
  INVALID_VALUE(422, Status.Code.INVALID_ARGUMENT),
  EMPTY_VALUE(422, Status.Code.INVALID_ARGUMENT),
  REPEATED_PARAMETER(422, Status.Code.INVALID_ARGUMENT),
  MUTUALLY_EXCLUSIVE(422, Status.Code.INVALID_ARGUMENT),
  MISSING_FILTER(400, Status.Code.INVALID_ARGUMENT),
  CURSOR_NOT_FOUND(422, Status.Code.INVALID_ARGUMENT),
  CURSOR_AMBIGUOUS(422, Status.Code.INVALID_ARGUMENT),
  CURSOR_FILTER_MISMATCH(422, Status.Code.INVALID_ARGUMENT),
  STEP_AMBIGUOUS(422, Status.Code.INVALID_ARGUMENT),
  MALFORMED_REQUEST(400, Status.Code.INVALID_ARGUMENT),
  UNAUTHENTICATED(401, Status.Code.UNAUTHENTICATED),
  STEP_NOT_FOUND(404, Status.Code.NOT_FOUND),
  ARTIFACT_NOT_FOUND(404, Status.Code.NOT_FOUND),
  ROUTE_NOT_FOUND(404, Status.Code.NOT_FOUND),
  METHOD_NOT_ALLOWED(405, Status.Code.UNIMPLEMENTED),
  UNIMPLEMENTED(501, Status.Code.UNIMPLEMENTED);

  private final int http;
  private final Status.Code grpc;

  Code(int http, Status.Code grpc) {
    this.http = http;
    this.grpc = grpc;
  }

  int http() {
    return http;
  }

  Status.Code grpc() {
    return grpc;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
