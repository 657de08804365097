package dev.workflowsteps.server.auth;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * Whether a call keeps to the limits of its organization.
 *
 * @param quotas one for each limit that the organization has, requests first; empty = it has none
 */
public record RateDecision(List<Quota> quotas) {

  /** It may do as it likes. */
  public static final RateDecision NO_LIMIT = new RateDecision(List.of());

  /** What a limit counts. */
  public enum Unit {
    REQUESTS,
    BYTES
  }

  /**
   * A limit, and what is left of it after the call.
   *
   * @param perSecond also the most that is left at any time
   * @param exhausted whether it refuses the call
   * @param remaining 0 or more
   * @param untilNext how long until it lets the next call pass; zero = it does now
   */
  public record Quota(
      Unit unit, long perSecond, boolean exhausted, long remaining, Duration untilNext) {}

  public boolean allowed() {
    return exhausted().isEmpty();
  }

  /** The limits that refuse the call. */
  public List<Quota> exhausted() {
    return quotas.stream().filter(Quota::exhausted).toList();
  }

  /** How long until none of them refuses a call any more; zero = none does. */
  public Duration retryAfter() {
    return exhausted().stream()
        .map(Quota::untilNext)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }
}
