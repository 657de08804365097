package dev.workflowsteps.server.postgres;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.text.Utf8Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * The ranges of indexes that together hold the rows of a list, each of them in list order.
 *
 * <p>A list of states in one range ({@code status = ANY (...)}) would not do: such a range is
 * ordered state by state, so all of it would have to be read and sorted.
 */
final class StepRanges {

  /**
   * The condition of the indexes of ended steps: all states but those known here not to be final,
   * so that one which is added later is among them. An index that has a condition is only used by
   * plans that can prove it. Those of readers don't know the values of parameters, so their
   * statements state it in the same words, and no other list can be read from it by mistake. Plans
   * on Citus know them: what keeps other lists away there is the order, and {@link #NO_OTHER_LIST}.
   */
  static final String ENDED =
      "status NOT IN ('awaiting_review', 'pending', 'queued', 'running', 'waiting_for_human')";

  /** Holds for every step, and keeps away the lists that don't state it. */
  private static final String NO_OTHER_LIST = " AND step_id <> ''";

  /** The condition of the index of ended steps of all workflows, which is not for those of one. */
  static final String ENDED_OF_ALL = ENDED + NO_OTHER_LIST;

  /** The condition of the index of steps that have started and not ended. */
  static final String UNDER_WAY =
      "status IN ('awaiting_review', 'pending', 'queued', 'running', 'waiting_for_human')"
          + " AND sort_time < 9223372036854775807";

  private static final String PENDING = "pending";

  /** The condition of the index of the organization's order, which is not for lists of a state. */
  static final String NOT_PENDING = "status <> 'pending'" + NO_OTHER_LIST;

  private static final String SORT_TIME = "sort_time";
  private static final String ENDED_AT = "ended_at";

  private static final String BEFORE_EVERY_ID = "";

  /** An id has at most 256 bytes, this 260 of the highest character. */
  private static final String AFTER_EVERY_ID = "\uDBFF\uDFFF".repeat(65);

  private final Scan<StepFilter, StepPosition> scan;
  private final StepFilter filter;
  private final StepIndex index;
  private final List<String> knownStatuses;
  private final boolean byEnd;

  /**
   * @param knownStatuses every state that a step may be in
   */
  StepRanges(Scan<StepFilter, StepPosition> scan, List<String> knownStatuses) {
    this.scan = scan;
    this.filter = scan.filter();
    this.index = StepIndex.of(filter);
    this.knownStatuses = knownStatuses;
    this.byEnd = filter.sortBy() == SortBy.ENDED_AT;
  }

  /** The index whose order the ranges have, but for steps that ended. */
  StepIndex index() {
    return index;
  }

  /**
   * Whether the rows are in another order and have to be sorted: those of a run or a step id, which
   * are few, by the time at which they ended.
   */
  boolean needsSort() {
    return byEnd && (index == StepIndex.RUN || index == StepIndex.STEP);
  }

  /** Whether they stand on the list of all states, because none of them is asked for. */
  boolean isOfKnownStatuses() {
    return isByStatus() && filter.statuses().isEmpty();
  }

  /** Some may be empty for certain, so that there are few different numbers of them. */
  List<StepRange> all() {
    if (isOfOrganization()) {
      return List.of(started(ofStatus(PENDING)), started(Sql.of("\n    AND " + NOT_PENDING)));
    }
    if (!isByStatus()) {
      return List.of(range(byEnd ? ENDED_AT : SORT_TIME, ofAnyStatus()));
    }
    return byEnd ? endedAndOthers() : ofEach(statuses(), this::startedOfStatus);
  }

  /** The whole list of an organization, in the order of starts: it needs no list of states. */
  private boolean isOfOrganization() {
    return !byEnd
        && index == StepIndex.ORGANIZATION
        && filter.statuses().isEmpty()
        && filter.excludedStatuses().isEmpty();
  }

  private boolean isByStatus() {
    return index.byStatus() && !needsSort() && !isOfOrganization();
  }

  /**
   * Steps that ended, and behind all of them the others, by their ids: those under way, and those
   * that haven't started, of which an index by state and start has the ids in order.
   */
  private List<StepRange> endedAndOthers() {
    List<String> ended = statuses().stream().filter(status -> !isUnended(status)).toList();
    List<String> unended = statuses().stream().filter(StepRanges::isUnended).toList();
    List<StepRange> ranges = new ArrayList<>(ofEach(ended, this::endedOfStatus));
    if (!unended.isEmpty() && filter.times().isEmpty()) {
      ranges.addAll(
          ofEach(unended, List.of(Optional.empty()), (status, type) -> underWayOfStatus(status)));
      ranges.addAll(ofEach(unended, this::notStartedOfStatus));
    }
    return ranges;
  }

  /** Whether the condition {@link #ENDED} names the state. */
  private static boolean isUnended(String status) {
    return Words.STATUS.all().contains(status) && !Words.STATUS.isTerminal(status);
  }

  private List<String> statuses() {
    return filter.statuses().isEmpty()
        ? knownStatuses.stream().filter(filter::hasStatus).toList()
        : filter.statuses();
  }

  /** A range of each state, and of each block type if the index is by these. */
  private List<StepRange> ofEach(
      List<String> statuses, BiFunction<Object, Optional<Object>, StepRange> range) {
    List<Optional<Object>> types =
        index == StepIndex.BLOCK_TYPE
            ? filter.blockTypes().stream().map(Optional::<Object>of).toList()
            : List.of(Optional.empty());
    return ofEach(statuses, types, range);
  }

  private List<StepRange> ofEach(
      List<String> statuses,
      List<Optional<Object>> types,
      BiFunction<Object, Optional<Object>, StepRange> range) {
    List<StepRange> ranges = new ArrayList<>();
    for (String status : statuses) {
      types.forEach(type -> ranges.add(range.apply(status, type)));
    }
    for (int i = padding(ranges.size(), statuses); i > 0; i--) {
      ranges.add(range.apply(Sql.NOTHING, types.get(0).map(type -> Sql.NOTHING)));
    }
    return ranges;
  }

  /**
   * How many empty ranges to add, so that there are few sizes of statements and connections prepare
   * each once. A range of no state is seen to be empty before anything is read.
   */
  private int padding(int ranges, List<String> statuses) {
    int ofStatement = ranges % SelectStepPage.MOST_RANGES;
    boolean ofAll = filter.statuses().isEmpty() && filter.excludedStatuses().isEmpty();
    if (ofStatement == 0
        || ranges == knownStatuses.size()
        || (ofAll && ranges == statuses.size())) {
      return 0;
    }
    return Integer.highestOneBit(2 * ofStatement - 1) - ofStatement;
  }

  private StepRange startedOfStatus(Object status, Optional<Object> type) {
    return started(ofStatusAndType(status, type));
  }

  private StepRange started(Sql condition) {
    return range(SORT_TIME, condition);
  }

  private StepRange endedOfStatus(Object status, Optional<Object> type) {
    String ended = filter.workflowId().isEmpty() ? ENDED_OF_ALL : ENDED;
    return range(ENDED_AT, Sql.of("\n    AND " + ended).add(ofStatusAndType(status, type)));
  }

  private StepRange underWayOfStatus(Object status) {
    Sql condition = Sql.of("\n    AND " + UNDER_WAY).add(ofStatus(status));
    if (index == StepIndex.BLOCK_TYPE) {
      anyOf(condition, "block_type", filter.blockTypes());
    }
    return range(ENDED_AT, condition);
  }

  private StepRange notStartedOfStatus(Object status, Optional<Object> type) {
    return range(SORT_TIME, ofStatusAndType(status, type), Optional.of(StepPosition.NO_TIME));
  }

  private Sql ofAnyStatus() {
    Sql condition = Sql.of("");
    anyOf(condition, "status", filter.statuses());
    if (!filter.excludedStatuses().isEmpty()) {
      condition.add("\n    AND status <> ALL (?)", (Object) array(filter.excludedStatuses()));
    }
    return condition;
  }

  private static Sql ofStatus(Object status) {
    return Sql.of("\n    AND status = ?", status);
  }

  private static Sql ofStatusAndType(Object status, Optional<Object> type) {
    Sql condition = ofStatus(status);
    type.ifPresent(value -> condition.add(" AND block_type = ?", value));
    return condition;
  }

  private StepRange range(String time, Sql ofRange) {
    return range(time, ofRange, filter.times().map(TimeRange::from));
  }

  /** The filter's conditions and these, from a time on. */
  private StepRange range(String time, Sql ofRange, Optional<Long> first) {
    Sql condition = Sql.of("organization_id = ?", filter.organizationId());
    condition
        .andEqual("run_id", filter.runId())
        .andEqual("step_id", filter.stepId())
        .andEqual("block_id", filter.blockId())
        .andEqual("workflow_id", filter.workflowId())
        .add(ofRange);
    if (index != StepIndex.BLOCK_TYPE) {
      anyOf(condition, "block_type", filter.blockTypes());
    }
    bounds(condition, time, first);
    return new StepRange(time, condition);
  }

  private static void anyOf(Sql condition, String column, List<String> values) {
    if (values.size() == 1) {
      condition.andEqual(column, Optional.of(values.get(0)));
    } else if (!values.isEmpty()) {
      condition.add("\n    AND " + column + " = ANY (?)", (Object) array(values));
    }
  }

  private static String[] array(List<String> values) {
    return values.toArray(new String[0]);
  }

  /**
   * The scan of an index begins at one bound: at the position, unless the range of times begins
   * later. With both it might begin at the range's and read all rows up to the position.
   */
  private void bounds(Sql condition, String time, Optional<Long> first) {
    boolean ascending = scan.direction() == Direction.ASCENDING;
    Optional<Long> end = filter.times().map(TimeRange::to);
    Optional<StepPosition> start =
        scan.from()
            .filter(
                from ->
                    ascending
                        ? first.map(bound -> from.sortTime() >= bound).orElse(true)
                        : end.map(bound -> from.sortTime() < bound).orElse(true));
    start.ifPresent(from -> beyond(condition, time, from));
    if (start.isEmpty() || !ascending) {
      first.ifPresent(bound -> condition.add("\n    AND " + time + " >= ?", bound));
    }
    if (start.isEmpty() || ascending) {
      end.ifPresent(bound -> condition.add("\n    AND " + time + " < ?", bound));
    }
  }

  private void beyond(Sql condition, String time, StepPosition from) {
    String beyond = scan.direction() == Direction.ASCENDING ? ") > (" : ") < (";
    List<Object> values =
        switch (index) {
          // A position in the list of a run is of that run.
          case RUN -> List.of(from.sortTime(), from.stepId());
          case STEP -> List.of(from.sortTime(), runBeside(from, filter.stepId().orElseThrow()));
          default -> List.of(from.sortTime(), from.stepId(), from.runId());
        };
    String ids =
        switch (index) {
          case RUN -> ", step_id";
          case STEP -> ", run_id";
          default -> ", step_id, run_id";
        };
    String marks = String.join(", ", Stream.generate(() -> "?").limit(values.size()).toList());
    condition.add("\n    AND (" + time + ids + beyond + marks + ")", values.toArray());
  }

  /**
   * Among the rows of one step id, where a position lies that may be another step's: beside all
   * runs of its time, or at its own.
   */
  private static String runBeside(StepPosition from, String stepId) {
    int side = Utf8Order.compare(stepId, from.stepId());
    if (side == 0) {
      return from.runId();
    }
    return side > 0 ? BEFORE_EVERY_ID : AFTER_EVERY_ID;
  }
}
