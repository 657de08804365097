package dev.workflowsteps.server.auth;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Finds the organization that a caller's API key belongs to, and its limits. Thread-safe.
 *
 * <p>What the store says about a key id, even that it has none, is cached for {@link #TTL}, counted
 * from before the store was asked. So every server rejects a revoked key and heeds a changed limit
 * within a second, and the servers need not tell each other. A key in use is asked for again before
 * that time is over, so that its callers do not wait.
 */
public final class Authenticator {

  private static final String SCHEME = "Bearer";

  private static final Duration TTL = Duration.ofMillis(900);
  private static final Duration ASKED_AHEAD_AFTER = Duration.ofMillis(400);

  /**
   * About 3 MB. The cache evicts the least frequently used entries, so keys in use stay even while
   * somebody tries many unknown ones.
   */
  private static final int MAX_CACHED = 10_000;

  private final Clock clock;
  private final LoadingCache<String, Lookup> cache;

  /** The store's answer, and when the store was asked. */
  private record Lookup(Optional<KeyWithLimits> key, long askedNanos) {}

  /** For a few keys: everybody who asks waits for the store. */
  public Authenticator(KeyStore keys, Clock clock) {
    this(keys, clock, Ticker.systemTicker(), Runnable::run);
  }

  /**
   * @param ticker measures the age of cache entries: a clock that is set back must not keep a
   *     revoked key valid
   * @param ahead asks the store for keys in use; may reject tasks
   */
  public Authenticator(KeyStore keys, Clock clock, Ticker ticker, Executor ahead) {
    this.clock = clock;
    this.cache =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_CACHED)
            .expireAfter(
                Expiry.<String, Lookup>writing(
                    (id, lookup) -> TTL.minusNanos(ticker.read() - lookup.askedNanos())))
            .refreshAfterWrite(ASKED_AHEAD_AFTER)
            .build(new Loader(keys, ticker, ahead));
  }

  private record Loader(KeyStore keys, Ticker ticker, Executor ahead)
      implements CacheLoader<String, Lookup> {

    @Override
    public Lookup load(String id) {
      long asked = ticker.read();
      return new Lookup(keys.find(id), asked);
    }

    /** What can't be asked now is kept for the rest of its time. */
    @Override
    public CompletableFuture<Lookup> asyncReload(String id, Lookup old, Executor unused) {
      try {
        return CompletableFuture.supplyAsync(() -> load(id), ahead).exceptionally(away -> old);
      } catch (RejectedExecutionException busy) {
        return CompletableFuture.completedFuture(old);
      }
    }
  }

  /**
   * The organization of the caller's key, and its limits. Empty if no key was given, or if it is
   * malformed, unknown, expired or revoked; the caller must not learn which. Either header may
   * carry the key, and both may if it is the same key: different keys count as none.
   *
   * @param apiKeyHeaders the values of {@code api-key}: the key
   * @param authorizationHeaders the values of {@code authorization}: {@code Bearer KEY}, the scheme
   *     in any case; another scheme counts as a different key
   * @throws dev.workflowsteps.server.call.FailedCallException with {@code UNAVAILABLE} if the store
   *     can't be asked; the key may be valid then
   */
  public Optional<Authenticated> authenticate(
      List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    return key(apiKeyHeaders, authorizationHeaders)
        .flatMap(key -> valid(key, cache.get(key.keyId())));
  }

  /**
   * What {@link #authenticate} returns, if it need not ask the store for that; else empty. Never
   * waits.
   */
  public Optional<Optional<Authenticated>> authenticateFromCache(
      List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    Optional<ApiKey> key = key(apiKeyHeaders, authorizationHeaders);
    if (key.isEmpty()) {
      return Optional.of(Optional.empty());
    }
    Lookup lookup = cache.getIfPresent(key.get().keyId());
    return lookup == null ? Optional.empty() : Optional.of(valid(key.get(), lookup));
  }

  private static Optional<ApiKey> key(
      List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    return onlyText(apiKeyHeaders, authorizationHeaders).flatMap(ApiKey::parse);
  }

  /** The one text that the headers give; empty if they give none, or several that differ. */
  static Optional<String> onlyText(List<String> apiKeyHeaders, List<String> authorizationHeaders) {
    Set<String> given = new HashSet<>();
    for (String header : apiKeyHeaders) {
      given.add(header.strip());
    }
    for (String header : authorizationHeaders) {
      given.add(withoutScheme(header).strip());
    }
    return given.size() == 1 ? Optional.of(given.iterator().next()) : Optional.empty();
  }

  private Optional<Authenticated> valid(ApiKey key, Lookup lookup) {
    return lookup
        .key()
        .filter(found -> found.key().state(clock.instant()) == StoredKey.State.VALID)
        .filter(found -> key.matches(found.key()))
        .map(
            found ->
                new Authenticated(
                    found.key().organizationId(),
                    found.key().keyId(),
                    found.key().scopes(),
                    found.limits()));
  }

  /** The key in an {@code authorization} header; empty text, which is no key, for other schemes. */
  private static String withoutScheme(String header) {
    String value = header.strip();
    boolean bearer =
        value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && value.startsWith(" ", SCHEME.length());
    return bearer ? value.substring(SCHEME.length()) : "";
  }
}
