package dev.workflowsteps.server.auth;

import java.time.Instant;
import java.util.Locale;

/** Whether a key lets its holder in. */
public enum KeyState {
  VALID,
  EXPIRED,
  REVOKED;

  /**
   * A revoked key is revoked, whatever the time: the clock of the machine that revoked it may be
   * ahead.
   */
  public static KeyState of(StoredKey key, Instant now) {
    if (key.revokedAt().isPresent()) {
      return REVOKED;
    }
    return key.expiresAt().filter(end -> !now.isBefore(end)).isPresent() ? EXPIRED : VALID;
  }

  /** For example {@code revoked}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
