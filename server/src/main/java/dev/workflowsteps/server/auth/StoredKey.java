package dev.workflowsteps.server.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A key as it is kept: the secret itself never is.
 *
 * @param keyId 8 base62 characters, unique among all organizations
 * @param secretSha256 32 bytes
 * @param expiresAt from this instant on the key is not valid
 * @param revokedAt from this instant on the key is not valid
 */
public record StoredKey(
    String keyId,
    String organizationId,
    byte[] secretSha256,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt) {}
