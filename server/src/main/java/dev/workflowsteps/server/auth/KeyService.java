package dev.workflowsteps.server.auth;

import dev.workflowsteps.contract.TimestampRange;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What operators do with keys and organizations. Every method throws {@link KeyException} if what
 * it names isn't there or isn't allowed, and {@link
 * dev.workflowsteps.server.call.FailedCallException} if the store can't be reached; what it did is
 * durable on return.
 */
public final class KeyService {

  private final KeyStore keys;

  private final Clock clock;
  private final SecureRandom random;

  public KeyService(KeyStore keys, Clock clock) {
    this(keys, clock, new SecureRandom());
  }

  KeyService(KeyStore keys, Clock clock, SecureRandom random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Sees to it that an organization exists.
   *
   * @param create whether it may be made: only when asked for, as a typing error must not make a
   *     tenant
   * @return whether it was made
   */
  public boolean ensureOrganization(String organization, boolean create) {
    if (!OrganizationName.isValid(organization)) {
      throw new KeyException(
          "organization: " + organization + " (expected: " + OrganizationName.EXPECTED + ")");
    }
    if (create) {
      return keys.createOrganization(organization, now());
    }
    if (!keys.organizationExists(organization)) {
      throw new KeyException(
          "organization "
              + organization
              + " does not exist; give --create-organization to make it");
    }
    return false;
  }

  /** Fails if there is no such organization, where none would be made. */
  public void requireOrganization(String organization) {
    if (!keys.organizationExists(organization)) {
      throw new KeyException("organization " + organization + " does not exist");
    }
  }

  /** Makes a key for an organization that exists. */
  public ApiKey create(String organization, Optional<Instant> expiresAt) {
    ensureOrganization(organization, false);
    requireFuture(expiresAt);
    return insert(organization, expiresAt);
  }

  /** The keys of an organization, the oldest first, expired and revoked ones too. */
  public List<StoredKey> list(String organization) {
    ensureOrganization(organization, false);
    return keys.list(organization);
  }

  /**
   * Makes a key in place of another, which stays valid for a while so that its holders can change
   * over. Its end is never put off.
   *
   * @param overlap zero or more
   * @param expiresAt of the new key
   */
  public ApiKey rotate(
      String organization, String keyId, Duration overlap, Optional<Instant> expiresAt) {
    Instant now = now();
    Instant end = now.plus(overlap);
    requireFuture(expiresAt);
    requireStorable("overlap", end);
    StoredKey old = find(organization, keyId);
    KeyState state = KeyState.of(old, now);
    if (state != KeyState.VALID) {
      throw new KeyException(
          "key " + keyId + " is " + state.word() + "; make a new one with keys create");
    }
    // The new one first: if this stops halfway, the organization still has a key.
    ApiKey replacement = insert(organization, expiresAt);
    if (old.expiresAt().filter(end::isAfter).isEmpty()) {
      keys.expire(organization, keyId, end);
    }
    return replacement;
  }

  /** Makes a key invalid, everywhere within a second. Revoking it again changes nothing. */
  public void revoke(String organization, String keyId) {
    find(organization, keyId);
    keys.revoke(organization, keyId, now());
  }

  private StoredKey find(String organization, String keyId) {
    ensureOrganization(organization, false);
    return keys.find(keyId)
        .filter(key -> key.organizationId().equals(organization))
        .orElseThrow(
            () ->
                new KeyException(
                    "organization "
                        + organization
                        + " has no key "
                        + keyId
                        + "; keys list shows the ones it has"));
  }

  private ApiKey insert(String organization, Optional<Instant> expiresAt) {
    ApiKey key = ApiKey.generate(random);
    keys.insert(
        new StoredKey(
            key.keyId(), organization, key.secretSha256(), now(), expiresAt, Optional.empty()));
    return key;
  }

  /**
   * Refuses what can't be the end of a new key.
   *
   * @throws KeyException if it is over, or further away than any storage can tell
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

  private static void requireStorable(String field, Instant end) {
    if (end.isAfter(TimestampRange.MAX)) {
      throw new KeyException(
          field + ": until " + end + " (expected: an end before " + TimestampRange.MAX + ")");
    }
  }

  /** As fine as a store keeps it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
