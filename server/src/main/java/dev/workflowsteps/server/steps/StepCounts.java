package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Words;
import java.util.Comparator;
import java.util.List;

/**
 * How many steps a filter keeps.
 *
 * @param statuses one for each state in which there are steps, or may be some: in the order of
 *     {@link Words#STATUS}, then those that it does not know
 */
public record StepCounts(List<StatusCount> statuses) {

  private static final Comparator<String> ORDER =
      Comparator.comparingInt(StepCounts::place).thenComparing(Comparator.naturalOrder());

  /**
   * @param statuses each once, in any order
   */
  static StepCounts of(List<StatusCount> statuses) {
    return new StepCounts(
        statuses.stream()
            .filter(StatusCount::maybeAny)
            .sorted(Comparator.comparing(StatusCount::status, ORDER))
            .toList());
  }

  /** The steps in all states together. */
  public int total() {
    return statuses.stream().mapToInt(StatusCount::count).sum();
  }

  /** Whether there are no more than {@link #total}. */
  public boolean exact() {
    return statuses.stream().allMatch(StatusCount::exact);
  }

  private static int place(String status) {
    int known = Words.STATUS.all().indexOf(status);
    return known < 0 ? Integer.MAX_VALUE : known;
  }
}
