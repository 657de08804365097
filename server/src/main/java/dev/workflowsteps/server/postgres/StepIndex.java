package dev.workflowsteps.server.postgres;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.steps.StepFilter;

/**
 * The index that answers a filter: the one of its most selective dimension. Each is ordered like
 * the list within one value of the columns before the order, so that a page is one range of it, or
 * the merge of one range for each state (and each block type).
 */
enum StepIndex {
  /** The primary key: one row at most. */
  ONE_STEP("", false),
  /** In the order of the list whatever the state: states and types are looked at on the way. */
  RUN("sort_time, step_id", false),
  STEP("sort_time, run_id", true),
  BLOCK("sort_time, step_id, run_id", true),
  WORKFLOW("sort_time, step_id, run_id", true),
  BLOCK_TYPE("sort_time, step_id, run_id", true),
  ORGANIZATION("sort_time, step_id, run_id", true);

  private final String order;
  private final boolean byStatus;

  StepIndex(String order, boolean byStatus) {
    this.order = order;
    this.byStatus = byStatus;
  }

  /** The columns that order rows in a range; what they leave out is fixed there. Empty for one. */
  String order() {
    return order;
  }

  /** Whether a range is of one state only. */
  boolean byStatus() {
    return byStatus;
  }

  static StepIndex of(StepFilter filter) {
    if (filter.runId().isPresent()) {
      return filter.stepId().isPresent() ? ONE_STEP : RUN;
    }
    if (filter.stepId().isPresent()) {
      return STEP;
    }
    if (filter.blockId().isPresent()) {
      return BLOCK;
    }
    if (filter.workflowId().isPresent()) {
      return WORKFLOW;
    }
    // Whoever names every type leaves out hardly a row; a range for each would only cost.
    boolean someTypes =
        !filter.blockTypes().isEmpty() && !filter.blockTypes().containsAll(Words.BLOCK_TYPE.all());
    return someTypes ? BLOCK_TYPE : ORGANIZATION;
  }
}
