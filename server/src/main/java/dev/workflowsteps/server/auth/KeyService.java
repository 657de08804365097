package dev.workflowsteps.server.auth;

import dev.workflowsteps.contract.TimestampRange;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Creates, lists, rotates and revokes keys; creates and limits organizations. Every method throws
 * {@link KeyException} if its arguments name something that does not exist or is not allowed, and
 * {@link dev.workflowsteps.server.call.FailedCallException} if the store can't be reached. Changes
 * are durable when a method returns.
 */
public final class KeyService {

  private final KeyStore keys;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final boolean audited;

  public KeyService(KeyStore keys, Clock clock) {
    this(keys, clock, true);
  }

  private KeyService(KeyStore keys, Clock clock, boolean audited) {
    this.keys = keys;
    this.clock = clock;
    this.audited = audited;
  }

  /** One without lines in the audit log: the demo makes its own organization at its first start. */
  public static KeyService ofDemo(KeyStore keys, Clock clock) {
    return new KeyService(keys, clock, false);
  }

  /**
   * Fails if an organization does not exist, or creates it.
   *
   * @param create whether to create a missing one; only if the user asked for it, so that a typing
   *     error creates none
   * @return whether it was created
   */
  public boolean ensureOrganization(String organization, boolean create) {
    if (!OrganizationName.isValid(organization)) {
      throw new KeyException(
          "organization: " + organization + " (expected: " + OrganizationName.EXPECTED + ")");
    }
    if (create) {
      boolean created = keys.createOrganization(organization, now());
      if (created) {
        audit("organization created: organization={}", organization);
      }
      return created;
    }
    if (!keys.organizationExists(organization)) {
      throw new KeyException(
          "organization "
              + organization
              + " does not exist; give --create-organization to create it");
    }
    return false;
  }

  /** Fails if an organization does not exist; for commands that can't create one. */
  public void requireOrganization(String organization) {
    if (!keys.organizationExists(organization)) {
      throw missing(organization);
    }
  }

  /** The limits of an organization, as they are set for it. */
  public OrganizationLimits limits(String organization) {
    return keys.limits(organization).orElseThrow(() -> missing(organization));
  }

  /** Replaces both limits; every server heeds them within a second. */
  public void limit(String organization, OrganizationLimits limits) {
    if (!keys.limit(organization, limits)) {
      throw missing(organization);
    }
    audit(
        "organization limits set: organization={} requests-per-second={} bytes-per-second={}",
        organization,
        text(limits.requestsPerSecond()),
        text(limits.bytesPerSecond()));
  }

  private static String text(OptionalLong limit) {
    return limit.isPresent() ? Long.toString(limit.getAsLong()) : "default";
  }

  /**
   * Creates a key for an organization that exists.
   *
   * @param scopes one at least
   * @param expiresAt empty = never
   */
  public ApiKey create(String organization, Set<Scope> scopes, Optional<Instant> expiresAt) {
    ensureOrganization(organization, false);
    requireFuture(expiresAt);
    ApiKey key = insert(organization, scopes, expiresAt);
    audit(
        "key created: organization={} key={} scope={} expires={}",
        organization,
        key.keyId(),
        Scope.list(scopes),
        text(expiresAt));
    return key;
  }

  private static String text(Optional<Instant> expiresAt) {
    return expiresAt.map(Instant::toString).orElse("never");
  }

  /** The keys of an organization, the oldest first, including expired and revoked ones. */
  public List<ListedKey> list(String organization) {
    requireOrganization(organization);
    return keys.list(organization);
  }

  /**
   * Creates a key with the scopes of another, to replace it. The old key expires after the overlap,
   * or earlier if it was going to.
   *
   * @param overlap zero or more
   * @param expiresAt when the new key expires; empty = never
   */
  public RotatedKey rotate(
      String organization, String keyId, Duration overlap, Optional<Instant> expiresAt) {
    Instant now = now();
    Instant end = now.plus(overlap);
    requireFuture(expiresAt);
    requireStorable("overlap", end);
    StoredKey old = find(organization, keyId);
    StoredKey.State state = old.state(now);
    if (state != StoredKey.State.VALID) {
      throw new KeyException(
          "key " + keyId + " is " + state.word() + "; create a new one with keys create");
    }
    // The new one first: if this stops halfway, the organization still has a key.
    ApiKey replacement = insert(organization, old.scopes(), expiresAt);
    audit(
        "key rotated: organization={} key={} replaced-by={} scope={} expires={}",
        organization,
        keyId,
        replacement.keyId(),
        Scope.list(old.scopes()),
        text(expiresAt));
    Optional<Instant> sooner = old.expiresAt().filter(end::isAfter);
    if (sooner.isEmpty()) {
      keys.expire(organization, keyId, end);
      audit("key expiry changed: organization={} key={} expires={}", organization, keyId, end);
    }
    return new RotatedKey(replacement, old.scopes(), sooner.orElse(end));
  }

  /** Revokes a key; every server rejects it within a second. Revoking again changes nothing. */
  public void revoke(String organization, String keyId) {
    find(organization, keyId);
    keys.revoke(organization, keyId, now());
    audit("key revoked: organization={} key={}", organization, keyId);
  }

  private void audit(String done, Object... values) {
    if (audited) {
      Audit.log(done, values);
    }
  }

  private StoredKey find(String organization, String keyId) {
    requireOrganization(organization);
    return keys.find(keyId)
        .map(KeyWithLimits::key)
        .filter(key -> key.organizationId().equals(organization))
        .orElseThrow(
            () ->
                new KeyException(
                    "organization "
                        + organization
                        + " has no key "
                        + keyId
                        + "; list them with keys list"));
  }

  private ApiKey insert(String organization, Set<Scope> scopes, Optional<Instant> expiresAt) {
    ApiKey key = ApiKey.generate(random);
    keys.insert(
        new StoredKey(
            key.keyId(),
            organization,
            scopes,
            key.secretSha256(),
            now(),
            expiresAt,
            Optional.empty()));
    return key;
  }

  /**
   * Checks the expiry of a new key.
   *
   * @throws KeyException if it is past, or later than a timestamp can be
   */
  public void requireFuture(Optional<Instant> expiresAt) {
    expiresAt.ifPresent(end -> requireStorable("expires", end));
    expiresAt
        .filter(end -> !end.isAfter(now()))
        .ifPresent(
            end -> {
              throw new KeyException("expires: " + end + " (expected: a time in the future)");
            });
  }

  private static KeyException missing(String organization) {
    return new KeyException(
        "organization " + organization + " does not exist; organizations list shows those that do");
  }

  private static void requireStorable(String field, Instant end) {
    if (end.isAfter(TimestampRange.MAX)) {
      throw new KeyException(
          field + ": until " + end + " (expected: a time before " + TimestampRange.MAX + ")");
    }
  }

  /** To the microsecond, as stores keep times. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
