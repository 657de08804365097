package dev.workflowsteps.server.steps;

/**
 * The name of a payload in an organization's payload store.
 *
 * @param sha256 in lower-case hexadecimal
 */
public record PayloadKey(String runId, String stepId, String sha256) {}
