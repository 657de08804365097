package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Filters for tests. */
public final class AFilter {

  private static final List<List<String>> TYPES =
      List.of(
          List.of(), List.of("note"), List.of("extract", "note", "parse"), Words.BLOCK_TYPE.all());

  private static final List<List<String>> STATUSES =
      List.of(
          List.of(),
          List.of("running"),
          List.of("error", "pending", "running"),
          Words.STATUS.all());

  /** Every combination of dimensions, each absent or given, lists with one, some and all words. */
  public static List<StepFilter> shapes(String organizationId) {
    List<StepFilter> shapes = new ArrayList<>();
    for (int given = 0; given < 16; given++) {
      for (List<String> types : TYPES) {
        for (List<String> statuses : STATUSES) {
          shapes.add(
              StepFilter.all(organizationId)
                  .withRunId(value(given & 1, "run"))
                  .withWorkflowId(value(given & 2, "workflow"))
                  .withBlockId(value(given & 4, "block"))
                  .withStepId(value(given & 8, "step"))
                  .withBlockTypes(types)
                  .withStatuses(statuses));
        }
      }
    }
    return shapes;
  }

  /** Whether a list with this filter has the step, written without the code under test. */
  static boolean passes(StepFilter filter, StepRecord record) {
    return filter.runId().map(record.position().runId()::equals).orElse(true)
        && filter.stepId().map(record.position().stepId()::equals).orElse(true)
        && filter.blockId().map(record.blockId()::equals).orElse(true)
        && filter.workflowId().map(id -> record.workflowId().equals(Optional.of(id))).orElse(true)
        && (filter.blockTypes().isEmpty() || filter.blockTypes().contains(record.blockType()))
        && (filter.statuses().isEmpty() || filter.statuses().contains(record.status()))
        && !filter.excludedStatuses().contains(record.status())
        && filter.times().map(range -> isIn(range, record.position().sortTime())).orElse(true);
  }

  private static boolean isIn(TimeRange range, long time) {
    return time != Long.MAX_VALUE && time >= range.from() && time < range.to();
  }

  private static Optional<String> value(int given, String value) {
    return given == 0 ? Optional.empty() : Optional.of(value);
  }

  private AFilter() {}
}
