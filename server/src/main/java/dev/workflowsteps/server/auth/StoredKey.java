package dev.workflowsteps.server.auth;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A key as it is stored: with a hash of its secret, never the secret itself.
 *
 * @param keyId 8 base62 characters, unique among all organizations
 * @param scopes what it allows; one at least
 * @param secretSha256 32 bytes
 * @param expiresAt from this instant on the key is not valid
 * @param revokedAt from this instant on the key is not valid
 */
public record StoredKey(
    String keyId,
    String organizationId,
    Set<Scope> scopes,
    byte[] secretSha256,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt) {

  /** Whether a key lets its holder in. */
  public enum State {
    VALID,
    EXPIRED,
    REVOKED;

    /** For example {@code revoked}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A revoked key is revoked, whatever the time: the clock of the machine that revoked it may be
   * ahead.
   */
  public State state(Instant now) {
    if (revokedAt.isPresent()) {
      return State.REVOKED;
    }
    return expiresAt.filter(end -> !now.isBefore(end)).isPresent() ? State.EXPIRED : State.VALID;
  }
}
