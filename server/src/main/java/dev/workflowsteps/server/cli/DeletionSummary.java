package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.steps.Holdings;

/** Holdings in words. */
final class DeletionSummary {

  /** For example {@code 2 steps, 0 large payloads, 1 artifact}. */
  static String of(Holdings holdings) {
    return count(holdings.steps(), "step")
        + ", "
        + count(holdings.payloads(), "large payload")
        + ", "
        + count(holdings.artifacts(), "artifact");
  }

  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private DeletionSummary() {}
}
