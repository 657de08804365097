package dev.workflowsteps.server.auth;

import java.time.Duration;

/**
 * Tokens that come at a rate and are kept for one second at most. Thread-safe.
 *
 * <p>Exact: it counts billionths of a token. A nanosecond brings as many of them as a second brings
 * tokens.
 */
final class TokenBucket {

  /** So that no sum below leaves the range of a long. */
  private static final long MAX_TOKENS = 4_000_000_000L;

  /** Billionths in a token, and nanoseconds in a second. */
  private static final long BILLION = 1_000_000_000;

  private long perSecond;
  private long billionths;
  private long asOf;

  /**
   * What is in the bucket.
   *
   * @param exhausted whether it had no whole token before anything was taken
   * @param remaining whole tokens, 0 or more
   * @param untilNext how long until there is a whole token; zero = there is one
   */
  record Balance(boolean exhausted, long remaining, Duration untilNext) {}

  /** A full one. */
  TokenBucket(long perSecond, long nanos) {
    this.perSecond = Math.min(perSecond, MAX_TOKENS);
    this.billionths = this.perSecond * BILLION;
    this.asOf = nanos;
  }

  /**
   * Takes tokens if there is a whole one.
   *
   * @param rate tokens per second, from now on; what is in the bucket stays, up to one second's
   * @param tokens 0 or 1
   */
  synchronized Balance take(long rate, int tokens, long nanos) {
    refill(nanos);
    perSecond = Math.min(rate, MAX_TOKENS);
    billionths = Math.min(billionths, perSecond * BILLION);
    boolean exhausted = billionths < BILLION;
    billionths -= exhausted ? 0 : tokens * BILLION;
    return new Balance(exhausted, Math.max(0, billionths / BILLION), untilNext());
  }

  /** Takes tokens even if there are fewer; those that are missing come before any other. */
  synchronized void spend(long tokens, long nanos) {
    refill(nanos);
    long debt = -MAX_TOKENS * BILLION;
    billionths = Math.max(debt, billionths - Math.min(tokens, MAX_TOKENS) * BILLION);
  }

  private Duration untilNext() {
    long missing = Math.max(0, BILLION - billionths);
    return Duration.ofNanos((missing + perSecond - 1) / perSecond);
  }

  /** Threads may come in another order than they read the clock. */
  private void refill(long nanos) {
    long passed = Math.max(0, nanos - asOf);
    long missing = perSecond * BILLION - billionths;
    billionths += passed > missing / perSecond ? missing : passed * perSecond;
    asOf += passed;
  }
}
