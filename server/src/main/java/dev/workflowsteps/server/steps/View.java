package dev.workflowsteps.server.steps;

/** What of a step is read. */
public enum View {
  FULL,
  /** All but the payloads: without {@code handle_outputs} and {@code handle_inputs}. */
  BASIC
}
