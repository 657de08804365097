package dev.workflowsteps.server.steps;

/** What became of one step that was to be recorded. */
public sealed interface StepResult {

  /** It was acceptable; the outcome says what it changed. Durable. */
  record Accepted(StepWriter.Outcome outcome) implements StepResult {}

  /** It was not, and nothing of it was written. */
  record Rejected(Rejection rejection) implements StepResult {}
}
