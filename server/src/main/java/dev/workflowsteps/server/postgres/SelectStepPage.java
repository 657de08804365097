package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.steps.View;
import dev.workflowsteps.server.text.Utf8Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page statement: one ordered range of an index for each state (and each block type) that is
 * asked for, merged. Its cost is that of the rows it gives and of finding each range's beginning,
 * however many rows there are and however deep the page lies.
 *
 * <p>A list of states in one range ({@code status = ANY (...)}) would not do: such a range is
 * ordered state by state, so all of it would have to be read and sorted.
 */
final class SelectStepPage {

  /** More ranges than these make a plan of megabytes; the rest goes into further statements. */
  static final int MOST_RANGES = 64;

  /**
   * The most rows that are read without adding up their sizes: all of them together, none with more
   * than {@link #MOST_SMALL_BYTES}, take no more than a page may.
   */
  private static final int MOST_SMALL_ROWS = 51;

  /** So many, and a row is read only where sizes are added up: a payload in it has fewer. */
  private static final int MOST_SMALL_BYTES = 72 << 10;

  private static final String BEFORE_EVERY_ID = "";

  /** An id has at most 256 bytes, this 260 of the highest character. */
  private static final String AFTER_EVERY_ID = "\uDBFF\uDFFF".repeat(65);

  private static final String ROW =
      "sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs";
  private static final String IN_ROW =
      "octet_length(head) + octet_length(outputs) + octet_length(inputs)";
  private static final String SIZE = IN_ROW + " + withheld_bytes";

  /** A large row without its bytes, by which it is told. */
  private static final String SMALL_ROW =
      "sort_time, step_id, run_id, withheld_bytes, "
          + Stream.of("head", "outputs", "inputs")
              .map(column -> ifSmall(IN_ROW, column))
              .collect(Collectors.joining(",\n    "));

  /** The same columns, nothing read of those that {@link View#BASIC} leaves out. */
  private static final String BASIC_ROW =
      "sort_time, step_id, run_id, 0::bigint AS withheld_bytes, head, ''::bytea AS outputs,"
          + " ''::bytea AS inputs";

  private static final String SMALL_BASIC_ROW =
      BASIC_ROW.replace(" head,", "\n    " + ifSmall("octet_length(head)", "head") + ",");

  private final Scan<StepFilter, StepPosition> scan;
  private final StepFilter filter;
  private final StepIndex index;
  private final List<String> knownStatuses;
  private final String orderBy;
  private final boolean measured;

  /**
   * Of rows that are likely small, at first.
   *
   * @param knownStatuses every state that a step may be in
   */
  SelectStepPage(Scan<StepFilter, StepPosition> scan, List<String> knownStatuses) {
    this(scan, knownStatuses, scan.rows() > MOST_SMALL_ROWS);
  }

  private SelectStepPage(
      Scan<StepFilter, StepPosition> scan, List<String> knownStatuses, boolean measured) {
    this.scan = scan;
    this.filter = scan.filter();
    this.index = StepIndex.of(filter);
    this.knownStatuses = knownStatuses;
    this.orderBy = orderBy(index.order(), scan.direction());
    this.measured = measured;
  }

  /** What a view reads of a row, as {@link #row} expects it. */
  static String columns(View view) {
    return view == View.BASIC ? BASIC_ROW : ROW;
  }

  private static String columnsOfSmall(View view) {
    return view == View.BASIC ? SMALL_BASIC_ROW : SMALL_ROW;
  }

  private static String ifSmall(String size, String column) {
    return "CASE WHEN "
        + size
        + " <= "
        + MOST_SMALL_BYTES
        + " THEN "
        + column
        + " END AS "
        + column;
  }

  /** The same page, of rows of any size. */
  SelectStepPage ofAnySize() {
    return new SelectStepPage(scan, knownStatuses, true);
  }

  /** Whether it stands on the list of all states, because none of them is asked for. */
  boolean isOfKnownStatuses() {
    return index.byStatus() && filter.statuses().isEmpty();
  }

  /** How many ranges are merged, those without a state left out. */
  int ranges() {
    if (!index.byStatus()) {
      return 1;
    }
    int types = index == StepIndex.BLOCK_TYPE ? filter.blockTypes().size() : 1;
    return types * statuses().size();
  }

  /** One statement nearly always. Each gives its rows in walking order. */
  List<Sql> statements() {
    List<Sql> ranges = rangesOfAll();
    List<Sql> statements = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i += MOST_RANGES) {
      Sql merged = merged(ranges.subList(i, Math.min(i + MOST_RANGES, ranges.size())));
      statements.add(
          measured ? ByteBudget.cut(merged, ROW, SIZE, orderBy, scan.bytes(), 1) : merged);
    }
    return statements;
  }

  /** The rows; empty if one of them is too large to be read by {@link #statements}. */
  static Optional<List<StoredStep>> read(ResultSet rows) throws SQLException {
    List<StoredStep> steps = new ArrayList<>();
    while (rows.next()) {
      StoredStep step = row(rows);
      if (step.encoded().head() == null) {
        return Optional.empty();
      }
      steps.add(step);
    }
    return Optional.of(steps);
  }

  /** The step of the columns at the beginning of a row. */
  static StoredStep row(ResultSet rows) throws SQLException {
    StepPosition position = new StepPosition(rows.getLong(1), rows.getString(2), rows.getString(3));
    return new StoredStep(
        position,
        rows.getLong(4),
        new EncodedStep(rows.getBytes(5), rows.getBytes(6), rows.getBytes(7)));
  }

  private Sql merged(List<Sql> ranges) {
    if (ranges.size() == 1) {
      return ranges.get(0);
    }
    Sql merge = Sql.of("SELECT " + ROW + "\nFROM (");
    String union = "\n  (";
    for (Sql range : ranges) {
      merge.add(union).add(range).add(")");
      union = "\n  UNION ALL (";
    }
    return merge.add(") AS step_range\n" + orderBy + "\nLIMIT ?", scan.rows());
  }

  private List<Sql> rangesOfAll() {
    if (!index.byStatus()) {
      return List.of(range(Sql.of("")));
    }
    List<Sql> ranges = new ArrayList<>();
    for (String status : statuses()) {
      if (index == StepIndex.BLOCK_TYPE) {
        filter.blockTypes().forEach(type -> ranges.add(range(ofStatusAndType(status, type))));
      } else {
        ranges.add(range(ofStatus(status)));
      }
    }
    Sql none =
        index == StepIndex.BLOCK_TYPE
            ? ofStatusAndType(Sql.NOTHING, Sql.NOTHING)
            : ofStatus(Sql.NOTHING);
    for (int i = padding(ranges.size() % MOST_RANGES); i > 0; i--) {
      ranges.add(range(none));
    }
    return ranges;
  }

  /**
   * How many empty ranges to add, so that there are few sizes of statements and connections prepare
   * each once. A range of no state is seen to be empty before anything is read.
   */
  private int padding(int ranges) {
    if (ranges == 0 || ranges == knownStatuses.size()) {
      return 0;
    }
    return Integer.highestOneBit(2 * ranges - 1) - ranges;
  }

  private List<String> statuses() {
    return filter.statuses().isEmpty()
        ? knownStatuses.stream().filter(filter::hasStatus).toList()
        : filter.statuses();
  }

  private static Sql ofStatus(Object status) {
    return Sql.of("\n    AND status = ?", status);
  }

  private static Sql ofStatusAndType(Object status, Object type) {
    return Sql.of("\n    AND status = ? AND block_type = ?", status, type);
  }

  private Sql range(Sql ofRange) {
    String columns = measured ? columns(filter.view()) : columnsOfSmall(filter.view());
    Sql range =
        Sql.of(
            "SELECT " + columns + "\n  FROM step\n  WHERE organization_id = ?",
            filter.organizationId());
    equal(range, "run_id", filter.runId());
    equal(range, "step_id", filter.stepId());
    equal(range, "block_id", filter.blockId());
    equal(range, "workflow_id", filter.workflowId());
    range.add(ofRange);
    if (!index.byStatus()) {
      anyOf(range, "status", filter.statuses());
      noneOf(range, "status", filter.excludedStatuses());
    }
    if (index != StepIndex.BLOCK_TYPE) {
      anyOf(range, "block_type", filter.blockTypes());
    }
    bounds(range);
    if (index == StepIndex.ONE_STEP) {
      return range;
    }
    return range.add("\n  " + orderBy + "\n  LIMIT ?", scan.rows());
  }

  private static void equal(Sql range, String column, Optional<String> value) {
    value.ifPresent(v -> range.add("\n    AND " + column + " = ?", v));
  }

  private static void anyOf(Sql range, String column, List<String> values) {
    if (values.size() == 1) {
      equal(range, column, Optional.of(values.get(0)));
    } else if (!values.isEmpty()) {
      range.add("\n    AND " + column + " = ANY (?)", (Object) values.toArray(new String[0]));
    }
  }

  private static void noneOf(Sql range, String column, List<String> values) {
    if (!values.isEmpty()) {
      range.add("\n    AND " + column + " <> ALL (?)", (Object) values.toArray(new String[0]));
    }
  }

  /**
   * The scan of an index begins at one bound: at the position, unless the range of times begins
   * later. With both it might begin at the range's and read all rows up to the position.
   */
  private void bounds(Sql range) {
    boolean ascending = scan.direction() == Direction.ASCENDING;
    Optional<TimeRange> times = filter.times();
    Optional<StepPosition> start =
        scan.from()
            .filter(
                from ->
                    times.isEmpty()
                        || (ascending
                            ? from.sortTime() >= times.get().from()
                            : from.sortTime() < times.get().to()));
    start.ifPresent(from -> beyond(range, from));
    times.ifPresent(
        bounds -> {
          if (start.isEmpty() || !ascending) {
            range.add("\n    AND sort_time >= ?", bounds.from());
          }
          if (start.isEmpty() || ascending) {
            range.add("\n    AND sort_time < ?", bounds.to());
          }
        });
  }

  private void beyond(Sql range, StepPosition from) {
    String sign = scan.direction() == Direction.ASCENDING ? ">" : "<";
    switch (index) {
      // A position in the list of a run is of that run.
      case RUN ->
          range.add(
              "\n    AND (sort_time, step_id) " + sign + " (?, ?)", from.sortTime(), from.stepId());
      case STEP ->
          range.add(
              "\n    AND (sort_time, run_id) " + sign + " (?, ?)",
              from.sortTime(),
              runBeside(from, filter.stepId().orElseThrow()));
      default ->
          range.add(
              "\n    AND (sort_time, step_id, run_id) " + sign + " (?, ?, ?)",
              from.sortTime(),
              from.stepId(),
              from.runId());
    }
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

  private static String orderBy(String columns, Direction direction) {
    if (columns.isEmpty()) {
      return "";
    }
    String way = direction == Direction.ASCENDING ? " ASC" : " DESC";
    return "ORDER BY " + columns.replace(",", way + ",") + way;
  }
}
