package dev.workflowsteps.server.steps;

/**
 * How many steps are in a state.
 *
 * @param count 0 or more
 * @param exact whether there are no more than these; if not, {@code count} is a lower bound
 */
public record StatusCount(String status, int count, boolean exact) {

  /** Whether there is a step in this state, or may be one. */
  public boolean maybeAny() {
    return count > 0 || !exact;
  }
}
