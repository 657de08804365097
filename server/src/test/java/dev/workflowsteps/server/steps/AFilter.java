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

  private static final List<List<String>> EXCLUDED =
      List.of(List.of(), List.of("running"), List.of("completed", "error", "pending"));

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

  /** For the list that each index is for: bounded by time, without some states, and both. */
  public static List<StepFilter> bounded(String organizationId, long time) {
    StepFilter all = StepFilter.all(organizationId);
    List<StepFilter> bounded = new ArrayList<>();
    for (StepFilter shape : shapes(organizationId)) {
      boolean byTypeAlone = shape.equals(all.withBlockTypes(shape.blockTypes()));
      boolean oneForItsIndex = byTypeAlone || shape.blockTypes().isEmpty();
      if (!shape.statuses().isEmpty() || !oneForItsIndex) {
        continue;
      }
      bounded.add(shape.withExcludedStatuses(Words.STATUS.all()));
      for (List<String> excluded : EXCLUDED) {
        for (Optional<TimeRange> times : times(time)) {
          bounded.add(shape.withExcludedStatuses(excluded).withTimes(times));
        }
      }
    }
    return bounded;
  }

  /** None, and ranges with one end, with both, with one time, and with none. */
  private static List<Optional<TimeRange>> times(long time) {
    return List.of(
        Optional.empty(),
        Optional.of(new TimeRange(time + 1, Long.MAX_VALUE)),
        Optional.of(new TimeRange(Long.MIN_VALUE, time + 2)),
        Optional.of(new TimeRange(time + 1, time + 3)),
        Optional.of(new TimeRange(time + 1, time + 2)),
        Optional.of(new TimeRange(time + 10, time + 20)));
  }

  /** A step as a list that is sorted by a time has it: at its position there. */
  static StepRecord listed(StepRecord record, SortBy sortBy) {
    return sortBy == SortBy.STARTED_AT ? record : at(record, record.endedAt());
  }

  /** A step at the position of another time. */
  static StepRecord at(StepRecord record, long time) {
    return new StepRecord(
        new StepPosition(time, record.position().stepId(), record.position().runId()),
        record.endedAt(),
        record.workflowId(),
        record.blockId(),
        record.blockType(),
        record.status(),
        record.retryCount(),
        record.encoded(),
        record.payloads());
  }

  /**
   * Whether a list with this filter has the step, written without the code under test.
   *
   * @param record at its position in the list
   */
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
