package dev.workflowsteps.server.steps;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The words of {@code lifecycle.status}. */
public final class StepStatus {

  /** The words that are written today. */
  public static final List<String> CURRENT =
      List.of(
          "pending",
          "queued",
          "running",
          "completed",
          "awaiting_review",
          "error",
          "skipped",
          "cancelled");

  /** Words that older records may hold: filterable, and passed through unchanged. */
  public static final List<String> RETIRED = List.of("waiting_for_human");

  /** Every word. */
  public static final List<String> ALL = Stream.concat(CURRENT.stream(), RETIRED.stream()).toList();

  private static final Set<String> TERMINAL = Set.of("completed", "error", "skipped", "cancelled");

  /** Whether a step in this state has come to its end. */
  public static boolean isTerminal(String status) {
    return TERMINAL.contains(status);
  }

  private StepStatus() {}
}
