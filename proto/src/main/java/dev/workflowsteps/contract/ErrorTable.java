package dev.workflowsteps.contract;

import dev.workflowsteps.proto.v1.ErrorOptions;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The error table: what the options of {@link ErrorReason} say of each reason, looked up once. */
public final class ErrorTable {

  /** The domain of every {@code google.rpc.ErrorInfo}. */
  public static final String DOMAIN = "workflows.v1";

  private static final String PREFIX = "ERROR_REASON_";
  private static final int UNPROCESSABLE = 422;

  private static final Map<ErrorReason, ErrorOptions> ROWS = new EnumMap<>(ErrorReason.class);
  private static final Map<ErrorReason, String> WORDS = new EnumMap<>(ErrorReason.class);
  private static final Map<String, ErrorReason> BY_NAME = new HashMap<>();

  static {
    for (ErrorReason reason : ErrorReason.values()) {
      if (reason != ErrorReason.UNRECOGNIZED && reason != ErrorReason.ERROR_REASON_UNSPECIFIED) {
        ROWS.put(reason, reason.getValueDescriptor().getOptions().getExtension(OptionsProto.error));
        WORDS.put(reason, name(reason).toLowerCase(Locale.ROOT));
        BY_NAME.put(name(reason), reason);
      }
    }
  }

  /** Those that are sent. */
  public static Set<ErrorReason> reasons() {
    return Collections.unmodifiableSet(ROWS.keySet());
  }

  /** The row of a reason that is sent. */
  public static ErrorOptions row(ErrorReason reason) {
    return ROWS.get(reason);
  }

  /** What happened and what to do, for callers who get nothing more specific. */
  public static String message(ErrorReason reason) {
    return row(reason).getMeaning() + " " + row(reason).getAction();
  }

  /** The name in {@code google.rpc.ErrorInfo}: upper case, without the prefix. */
  public static String name(ErrorReason reason) {
    return reason.name().substring(PREFIX.length());
  }

  /** The word in violations and REST bodies: the name in lower case. */
  public static String word(ErrorReason reason) {
    return WORDS.get(reason);
  }

  /** The reason of that name; empty if the table has none. */
  public static Optional<ErrorReason> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /**
   * The reason that a violation names. A word that is no reason of a parameter comes from a caller
   * that made up its own violations.
   */
  public static ErrorReason ofViolation(String word) {
    return byName(word.toUpperCase(Locale.ROOT))
        .filter(ErrorTable::isOfAParameter)
        .orElse(ErrorReason.ERROR_REASON_INVALID_REQUEST);
  }

  /** The general reason of a gRPC status code, for errors without a reason of the table. */
  public static ErrorReason ofCode(int code) {
    return switch (code) {
      case 1 -> ErrorReason.ERROR_REASON_CANCELLED;
      case 3 -> ErrorReason.ERROR_REASON_INVALID_REQUEST;
      case 4 -> ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED;
      case 5 -> ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND;
      case 7 -> ErrorReason.ERROR_REASON_PERMISSION_DENIED;
      case 8 -> ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE;
      case 12 -> ErrorReason.ERROR_REASON_UNIMPLEMENTED;
      case 14 -> ErrorReason.ERROR_REASON_UNAVAILABLE;
      case 16 -> ErrorReason.ERROR_REASON_UNAUTHENTICATED;
      default -> ErrorReason.ERROR_REASON_INTERNAL;
    };
  }

  /** The reason of an error that HTTP itself has, by its status. */
  public static ErrorReason ofHttpStatus(int status) {
    for (Map.Entry<ErrorReason, ErrorOptions> row : ROWS.entrySet()) {
      if (status != UNPROCESSABLE && row.getValue().getHttp() == status) {
        return row.getKey() == ErrorReason.ERROR_REASON_STEP_NOT_FOUND
            ? ErrorReason.ERROR_REASON_ROUTE_NOT_FOUND
            : row.getKey();
      }
    }
    return status < 500
        ? ErrorReason.ERROR_REASON_MALFORMED_REQUEST
        : ErrorReason.ERROR_REASON_INTERNAL;
  }

  private static boolean isOfAParameter(ErrorReason reason) {
    return row(reason).getHttp() == UNPROCESSABLE
        || reason == ErrorReason.ERROR_REASON_MISSING_FILTER;
  }

  private ErrorTable() {}
}
