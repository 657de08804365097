package dev.workflowsteps.server.auth;

import java.util.Set;

/**
 * The key that a caller has, and the organization that it belongs to.
 *
 * @param scopes what the key allows
 * @param limits at most 900 ms old
 */
public record Authenticated(
    String organizationId, String keyId, Set<Scope> scopes, OrganizationLimits limits) {}
