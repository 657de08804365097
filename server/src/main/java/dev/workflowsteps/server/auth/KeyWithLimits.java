package dev.workflowsteps.server.auth;

/** A key, and the limits of the organization that it belongs to, both as of one moment. */
public record KeyWithLimits(StoredKey key, OrganizationLimits limits) {}
