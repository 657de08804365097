package dev.workflowsteps.server.steps;

/** What became of one document that was to be recorded. */
public sealed interface WriteResult {

  /** It was acceptable; the outcome says what it changed. Durable. */
  record Accepted(Outcome outcome) implements WriteResult {}

  /** It was not, and nothing of it was written. */
  record Rejected(Rejection rejection) implements WriteResult {}
}
