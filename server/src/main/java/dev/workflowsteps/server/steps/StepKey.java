package dev.workflowsteps.server.steps;

/** Names a step within its organization. */
public record StepKey(String runId, String stepId) {}
