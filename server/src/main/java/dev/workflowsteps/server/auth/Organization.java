package dev.workflowsteps.server.auth;

import java.time.Instant;

/**
 * An organization.
 *
 * @param keys how many keys it has, including expired and revoked ones
 */
public record Organization(String organizationId, Instant createdAt, long keys) {}
