package dev.workflowsteps.adapter.http;

import dev.workflowsteps.proto.v1.ErrorOptions;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.util.Locale;

/** The error table of the proto, as REST reads it. */
public final class ErrorTable {

  private static final String PREFIX = "ERROR_REASON_";

  /** The row of a reason. */
  public static ErrorOptions row(ErrorReason reason) {
    return reason.getValueDescriptor().getOptions().getExtension(OptionsProto.error);
  }

  /** What a caller reads where there is nothing more to say: what happened, and what to do. */
  public static String sentence(ErrorReason reason) {
    return row(reason).getMeaning() + "; " + row(reason).getAction() + ".";
  }

  /** As it stands in a body: in lower case, without the prefix. */
  public static String word(ErrorReason reason) {
    return reason.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
  }

  /**
   * The reason that a server named; one that this table lacks, because the server is newer, becomes
   * the general one of its gRPC code.
   *
   * @param name as in {@code google.rpc.ErrorInfo}; empty = none was named
   */
  public static ErrorReason reason(String name, int code) {
    for (ErrorReason reason : ErrorReason.values()) {
      if (isSent(reason) && reason.name().equals(PREFIX + name)) {
        return reason;
      }
    }
    return switch (code) {
      case 1 -> ErrorReason.ERROR_REASON_CANCELLED;
      case 3 -> ErrorReason.ERROR_REASON_INVALID_REQUEST;
      case 4 -> ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED;
      case 5 -> ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND;
      case 8 -> ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE;
      case 12 -> ErrorReason.ERROR_REASON_UNIMPLEMENTED;
      case 14 -> ErrorReason.ERROR_REASON_UNAVAILABLE;
      case 16 -> ErrorReason.ERROR_REASON_UNAUTHENTICATED;
      default -> ErrorReason.ERROR_REASON_INTERNAL;
    };
  }

  /** The reason of an error that HTTP itself has, by its status. */
  public static ErrorReason ofStatus(int status) {
    for (ErrorReason reason : ErrorReason.values()) {
      if (isSent(reason) && status != 422 && row(reason).getHttp() == status) {
        return reason == ErrorReason.ERROR_REASON_STEP_NOT_FOUND
            ? ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND
            : reason;
      }
    }
    return status < 500
        ? ErrorReason.ERROR_REASON_MALFORMED_REQUEST
        : ErrorReason.ERROR_REASON_INTERNAL;
  }

  private static boolean isSent(ErrorReason reason) {
    return reason != ErrorReason.UNRECOGNIZED && reason != ErrorReason.ERROR_REASON_UNSPECIFIED;
  }

  private ErrorTable() {}
}
