package dev.workflowsteps.server.steps;

/** What became of one document: an {@link Outcome} if it was acceptable, else a rejection. */
public sealed interface WriteResult permits Outcome, Rejection {}
