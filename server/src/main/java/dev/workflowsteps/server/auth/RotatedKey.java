package dev.workflowsteps.server.auth;

import java.time.Instant;
import java.util.Set;

/**
 * A key that replaces another.
 *
 * @param scopes those of the old key
 * @param oldExpiresAt when the old key expires
 */
public record RotatedKey(ApiKey key, Set<Scope> scopes, Instant oldExpiresAt) {}
