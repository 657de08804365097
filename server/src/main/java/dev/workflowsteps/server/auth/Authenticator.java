package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells which organization is asking. Safe for use by many threads.
 *
 * <p>What the store said about a key's id, also that there is none, is believed for {@link #TTL},
 * counted from before it was asked, so that a revoked key is refused within a second on every
 * server without any message between them.
 */
public final class Authenticator {

  private static final Duration TTL = Duration.ofMillis(900);

  /**
   * About 3 MB. Keys in use stay even while somebody tries many unknown ones: eviction goes by
   * frequency.
   */
  private static final int MOST_CACHED = 10_000;

  private final Clock clock;
  private final LoadingCache<String, Known> cache;

  /** What the store said, and when it was asked. */
  private record Known(Optional<StoredKey> key, long askedNanos) {}

  public Authenticator(KeyStore keys, Clock clock) {
    this(keys, clock, Ticker.systemTicker());
  }

  /**
   * @param ticker measures the cache's time: the clock may be set back, which must not keep a
   *     revoked key alive
   */
  Authenticator(KeyStore keys, Clock clock, Ticker ticker) {
    this.clock = clock;
    this.cache =
        Caffeine.newBuilder()
            .ticker(ticker)
            .maximumSize(MOST_CACHED)
            .expireAfter(
                Expiry.<String, Known>writing(
                    (id, known) -> TTL.minusNanos(ticker.read() - known.askedNanos())))
            .build(
                id -> {
                  long asked = ticker.read();
                  return new Known(keys.find(id), asked);
                });
  }

  /**
   * The organization whose key was given; empty if none was, or if it is malformed, unknown,
   * expired or revoked: the caller must not learn which. A key may be given in either header, and
   * several times if it is the same.
   *
   * @param apiKeyHeaders the values of {@code api-key}: the key
   * @param authorizationHeaders the values of {@code authorization}: {@code Bearer KEY}, the scheme
   *     in any case
   * @throws dev.workflowsteps.server.call.FailedCallException with {@code UNAVAILABLE} if the store
   *     can't be asked; nothing is known about the key then
   */
  public Optional<String> authenticate(
      List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    return Credentials.only(apiKeyHeaders, authorizationHeaders)
        .flatMap(ApiKey::parse)
        .flatMap(this::validKey)
        .map(StoredKey::organizationId);
  }

  private Optional<StoredKey> validKey(ApiKey key) {
    return cache
        .get(key.keyId())
        .key()
        .filter(stored -> KeyState.of(stored, clock.instant()) == KeyState.VALID)
        .filter(key::matches);
  }
}
