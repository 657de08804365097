package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.View;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page statement: {@link StepRanges}, merged. Its cost is that of the rows it gives and of
 * finding each range's beginning, however many rows there are and however deep the page lies.
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

  /** Behind the column of the time that the list is sorted by. */
  private static final String KEY = " AS list_time, step_id, run_id, ";

  private static final String COLUMNS = "withheld_bytes, head, outputs, inputs";
  private static final String ROW = "list_time, step_id, run_id, " + COLUMNS;
  private static final String IN_ROW =
      "octet_length(head) + octet_length(outputs) + octet_length(inputs)";

  /** Bytes of a step with its payloads; takes no time, however large they are. */
  static final String SIZE = IN_ROW + " + withheld_bytes";

  /** A large row without its bytes, by which it is told. */
  private static final String SMALL_COLUMNS =
      "withheld_bytes, "
          + Stream.of("head", "outputs", "inputs")
              .map(column -> ifSmall(IN_ROW, column))
              .collect(Collectors.joining(",\n    "));

  /** The same columns, nothing read of those that {@link View#BASIC} leaves out. */
  private static final String BASIC_COLUMNS =
      "0::bigint AS withheld_bytes, head, ''::bytea AS outputs, ''::bytea AS inputs";

  private static final String SMALL_BASIC_COLUMNS =
      BASIC_COLUMNS.replace(" head,", "\n    " + ifSmall("octet_length(head)", "head") + ",");

  private final Scan<StepFilter, StepPosition> scan;
  private final StepRanges ranges;
  private final String orderBy;
  private final boolean measured;

  /**
   * Of rows that are likely small, at first.
   *
   * @param knownStatuses every state that a step may be in
   */
  SelectStepPage(Scan<StepFilter, StepPosition> scan, List<String> knownStatuses) {
    this(scan, new StepRanges(scan, knownStatuses), scan.rows() > MOST_SMALL_ROWS);
  }

  private SelectStepPage(Scan<StepFilter, StepPosition> scan, StepRanges ranges, boolean measured) {
    this.scan = scan;
    this.ranges = ranges;
    this.orderBy =
        orderBy(ranges.index().order().replace("sort_time", "list_time"), scan.direction());
    this.measured = measured;
  }

  /** What a view reads of a row in the order by start, as {@link #row} expects it. */
  static String columns(View view) {
    return "sort_time, step_id, run_id, " + (view == View.BASIC ? BASIC_COLUMNS : COLUMNS);
  }

  private String columns() {
    if (scan.filter().view() == View.BASIC) {
      return measured ? BASIC_COLUMNS : SMALL_BASIC_COLUMNS;
    }
    return measured ? COLUMNS : SMALL_COLUMNS;
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
    return new SelectStepPage(scan, ranges, true);
  }

  /** Whether it stands on the list of all states, because none of them is asked for. */
  boolean isOfKnownStatuses() {
    return ranges.isOfKnownStatuses();
  }

  /** One statement nearly always. Each gives its rows in walking order. */
  List<Sql> statements() {
    List<Sql> all = ranges.all().stream().map(this::range).toList();
    List<Sql> statements = new ArrayList<>();
    for (int i = 0; i < all.size(); i += MOST_RANGES) {
      Sql merged = merged(all.subList(i, Math.min(i + MOST_RANGES, all.size())));
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
  static StoredStep row(ResultSet row) throws SQLException {
    return new StoredStep(
        PostgresStepStore.position(row),
        row.getLong(4),
        new EncodedStep(row.getBytes(5), row.getBytes(6), row.getBytes(7)));
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

  private Sql range(StepRange range) {
    Sql rows =
        Sql.of("SELECT " + range.time() + KEY + columns())
            .add("\n  FROM step\n  WHERE ")
            .add(range.condition());
    if (ranges.index() == StepIndex.ONE_STEP) {
      return rows;
    }
    if (ranges.needsSort()) {
      // In the order of an index first, so that it is read from that one.
      rows =
          Sql.of("SELECT " + ROW + "\n  FROM (")
              .add(rows)
              .add("\n  ORDER BY " + ranges.index().columns() + " OFFSET 0) AS unsorted");
    }
    return rows.add("\n  " + orderBy + "\n  LIMIT ?", scan.rows());
  }

  private static String orderBy(String columns, Direction direction) {
    if (columns.isEmpty()) {
      return "";
    }
    String way = direction == Direction.ASCENDING ? " ASC" : " DESC";
    return "ORDER BY " + columns.replace(",", way + ",") + way;
  }
}
