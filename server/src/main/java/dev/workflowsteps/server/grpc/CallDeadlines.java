package dev.workflowsteps.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Gives every call a deadline that counts from its headers, as if its caller had set it: gRPC then
 * ends the call by itself, also one whose message never comes, or whose answer is not read.
 */
final class CallDeadlines extends ServerStreamTracer.Factory {

  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  /** What the units of a timeout are in nanoseconds. */
  private static final Map<Character, Long> UNITS =
      Map.of(
          'n', 1L,
          'u', 1_000L,
          'm', 1_000_000L,
          'S', 1_000_000_000L,
          'M', 60_000_000_000L,
          'H', 3_600_000_000_000L);

  /** For the call's own end at its timeout, which says more. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Predicate<String> endless;
  private final long mostMillis;

  /**
   * @param endless which methods have no deadline of ours, by their full names
   * @param timeout the longest a call may take
   */
  CallDeadlines(Predicate<String> endless, Duration timeout) {
    this.endless = endless;
    this.mostMillis = timeout.plus(GRACE).toMillis();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    if (!endless.test(method) && isLonger(headers.get(TIMEOUT))) {
      headers.discardAll(TIMEOUT);
      headers.put(TIMEOUT, mostMillis + "m");
    }
    return new ArrivingMessages();
  }

  /** Digits, at most eight by the protocol, and a unit. A malformed one is left to gRPC. */
  private boolean isLonger(String timeout) {
    if (timeout == null) {
      return true;
    }
    int digits = timeout.length() - 1;
    if (digits < 1 || digits > 8 || !UNITS.containsKey(timeout.charAt(digits))) {
      return false;
    }
    try {
      double number = Integer.parseInt(timeout.substring(0, digits));
      return number * UNITS.get(timeout.charAt(digits)) > mostMillis * 1e6;
    } catch (NumberFormatException malformed) {
      return false;
    }
  }
}
