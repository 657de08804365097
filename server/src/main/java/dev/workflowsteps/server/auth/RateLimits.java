package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.workflowsteps.server.auth.RateDecision.Quota;
import dev.workflowsteps.server.auth.RateDecision.Unit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rate limits of organizations on this server: requests, and bytes of responses. Thread-safe.
 *
 * <p>An organization may use one second's worth at once. How many bytes a response has is known
 * only when it is made, so they are counted then: a response may use more than is left, and calls
 * are refused until the limit has made up for it. A refused call counts nothing.
 */
public final class RateLimits {

  /** About 5 MB. An organization whose bucket was evicted starts with a full one. */
  private static final int MAX_BUCKETS = 20_000;

  private final long requestsPerSecond;
  private final long bytesPerSecond;
  private final Ticker clock;
  private final Cache<Key, TokenBucket> buckets =
      Caffeine.newBuilder().maximumSize(MAX_BUCKETS).build();

  private record Key(String organizationId, Unit unit) {}

  /**
   * The limits of organizations that have none of their own.
   *
   * @param requestsPerSecond 0 = no limit
   * @param bytesPerSecond 0 = no limit
   */
  public RateLimits(long requestsPerSecond, long bytesPerSecond) {
    this(requestsPerSecond, bytesPerSecond, Ticker.systemTicker());
  }

  RateLimits(long requestsPerSecond, long bytesPerSecond, Ticker clock) {
    this.requestsPerSecond = requestsPerSecond;
    this.bytesPerSecond = bytesPerSecond;
    this.clock = clock;
  }

  /** Counts a request if it keeps to the limits; without a limit this costs nothing. */
  public RateDecision take(Authenticated caller) {
    long requests = caller.limits().requestsPerSecond().orElse(requestsPerSecond);
    long bytes = caller.limits().bytesPerSecond().orElse(bytesPerSecond);
    if (requests <= 0 && bytes <= 0) {
      return RateDecision.NO_LIMIT;
    }
    Optional<Quota> bytesLeft = take(caller, Unit.BYTES, bytes, 0);
    int request = bytesLeft.filter(Quota::exhausted).isPresent() ? 0 : 1;
    Optional<Quota> requestsLeft = take(caller, Unit.REQUESTS, requests, request);
    return new RateDecision(Stream.of(requestsLeft, bytesLeft).flatMap(Optional::stream).toList());
  }

  /** Counts the bytes of a response. */
  public void spent(Authenticated caller, long bytes) {
    long perSecond = caller.limits().bytesPerSecond().orElse(bytesPerSecond);
    if (perSecond > 0) {
      long now = clock.read();
      bucket(caller, Unit.BYTES, perSecond, now).spend(bytes, now);
    }
  }

  private Optional<Quota> take(Authenticated caller, Unit unit, long perSecond, int tokens) {
    if (perSecond <= 0) {
      return Optional.empty();
    }
    long now = clock.read();
    TokenBucket.Balance left = bucket(caller, unit, perSecond, now).take(perSecond, tokens, now);
    return Optional.of(
        new Quota(unit, perSecond, left.exhausted(), left.remaining(), left.untilNext()));
  }

  private TokenBucket bucket(Authenticated caller, Unit unit, long perSecond, long now) {
    return buckets.get(
        new Key(caller.organizationId(), unit), key -> new TokenBucket(perSecond, now));
  }
}
