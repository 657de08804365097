package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.steps.StoredCounts;
import java.util.OptionalInt;

/**
 * A run or an organization, and what it holds.
 *
 * @param kind what JSON calls its name
 * @param keys of an organization
 */
record Holding(String kind, String name, StoredCounts counts, OptionalInt keys) {

  static Holding run(String runId, StoredCounts counts) {
    return new Holding("run_id", runId, counts, OptionalInt.empty());
  }

  static Holding organization(String organization, StoredCounts counts, int keys) {
    return new Holding("organization", organization, counts, OptionalInt.of(keys));
  }

  /** For example {@code r1: 2 steps, 0 large payloads, 1 artifact}. */
  String text() {
    return name
        + ": "
        + text(counts)
        + (keys.isPresent() ? ", " + text(keys.getAsInt(), "key") : "");
  }

  static String text(StoredCounts counts) {
    return text(counts.steps(), "step")
        + ", "
        + text(counts.payloads(), "large payload")
        + ", "
        + text(counts.artifacts(), "artifact");
  }

  private static String text(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  JsonRow json() {
    JsonRow row =
        new JsonRow()
            .add(kind, name)
            .add("steps", counts.steps())
            .add("large_payloads", counts.payloads())
            .add("artifacts", counts.artifacts());
    keys.ifPresent(number -> row.add("keys", number));
    return row;
  }
}
