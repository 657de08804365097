package dev.workflowsteps.contract;

/**
 * The header {@code traceparent} of W3C Trace Context (section 3.2), which names the trace that a
 * request belongs to.
 */
public final class Traceparent {

  /** The name of the HTTP header, and of the gRPC metadata. */
  public static final String HEADER = "traceparent";

  /** Of version 00, which ends here; later versions may go on after another dash. */
  private static final int LENGTH = "00-".length() + 32 + "-".length() + 16 + "-".length() + 2;

  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int FLAGS = 53;

  /**
   * The id of the trace, 32 hexadecimal digits; empty if the header is not valid, which then is to
   * be ignored.
   *
   * @param header as it was sent; null if it was not
   */
  public static String traceId(String header) {
    boolean valid =
        header != null
            && header.length() >= LENGTH
            && isHex(header, 0, TRACE_ID - 1)
            && header.charAt(TRACE_ID - 1) == '-'
            && isHex(header, TRACE_ID, PARENT_ID - 1)
            && header.charAt(PARENT_ID - 1) == '-'
            && isHex(header, PARENT_ID, FLAGS - 1)
            && header.charAt(FLAGS - 1) == '-'
            && isHex(header, FLAGS, LENGTH)
            && hasItsLength(header)
            && !isZero(header, TRACE_ID, PARENT_ID - 1)
            && !isZero(header, PARENT_ID, FLAGS - 1);
    return valid ? header.substring(TRACE_ID, PARENT_ID - 1) : "";
  }

  private static boolean hasItsLength(String header) {
    if (header.startsWith("ff")) {
      return false;
    }
    return header.length() == LENGTH || (!header.startsWith("00") && header.charAt(LENGTH) == '-');
  }

  /** In lower case, as the standard wants it. */
  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  private Traceparent() {}
}
