package dev.workflowsteps.contract;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The id of a request: the caller's own if it is usable, else a new one. */
public final class RequestId {

  /** The name of the HTTP header, and of the gRPC metadata. */
  public static final String HEADER = "x-request-id";

  private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * The id that the caller sent, or a new one if it has another form, or looks like a key: ids are
   * logged.
   *
   * @param sent what the caller sent; null if nothing
   */
  public static String of(String sent) {
    boolean usable =
        sent != null && USABLE.matcher(sent).matches() && !sent.contains(KeyForm.PREFIX);
    return usable ? sent : random();
  }

  /** Nobody gains by a guess at another's id, so it need not be a secret, only a new one. */
  private static String random() {
    HexFormat hex = HexFormat.of();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "req_" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  private RequestId() {}
}
