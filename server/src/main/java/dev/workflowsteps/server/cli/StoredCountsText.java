package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.steps.StoredCounts;

/** Stored counts in words. */
final class StoredCountsText {

  /** For example {@code 2 steps, 0 large payloads, 1 artifact}. */
  static String of(StoredCounts counts) {
    return count(counts.steps(), "step")
        + ", "
        + count(counts.payloads(), "large payload")
        + ", "
        + count(counts.artifacts(), "artifact");
  }

  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private StoredCountsText() {}
}
