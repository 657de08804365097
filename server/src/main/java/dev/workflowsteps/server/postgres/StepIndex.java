package dev.workflowsteps.server.postgres;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.steps.StepFilter;

/**
 * The index that a list by start is read from: that of the filter's most selective parameter. In
 * each, rows with the same values of the leading columns are in list order, so a page is one range
 * of it, or the merge of one range for each status (and each block type). What {@link StepRanges}
 * reads from others is said there: the whole list of an organization, and steps by their end.
 */
enum StepIndex {
  /** The primary key: at most one row. */
  ONE_STEP("", false),
  /** In list order for all statuses together; statuses and block types are filtered row by row. */
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

  /** The columns that order the rows of a range; empty if there is at most one row. */
  String order() {
    return order;
  }

  /** Whether each range holds a single status. */
  boolean byStatus() {
    return byStatus;
  }

  /** The columns that order all of the filter's rows in the index. */
  String columns() {
    return byStatus ? "status, " + order : order;
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
    // A filter that names every block type excludes hardly a row; a range for each would only cost.
    boolean someTypes =
        !filter.blockTypes().isEmpty() && !filter.blockTypes().containsAll(Words.BLOCK_TYPE.all());
    return someTypes ? BLOCK_TYPE : ORGANIZATION;
  }
}
