package dev.workflowsteps.server.auth;

/**
 * The organization whose key a caller has.
 *
 * @param limits at most 900 ms old
 */
public record Authenticated(String organizationId, OrganizationLimits limits) {}
