package dev.workflowsteps.server.postgres;

import static java.util.stream.Collectors.joining;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.TimeRange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What pages of a {@link CostTable} cost: the buffers that the prepared statement touches. */
final class PageCosts implements AutoCloseable {

  static final String ORGANIZATION = "cost";

  /** Of {@link CostTable}: its first time, and all its times, in microseconds. */
  private static final long FIRST_TIME = 1_700_000_000_000_000L;

  private static final long SECONDS = (1L << 32) / 5_000 * 1_000_000;

  private final Connection connection;
  private final Map<Map.Entry<StepFilter, Integer>, Places> places = new HashMap<>();
  private int prepared;

  /**
   * Rows of a list in ascending order, by their numbers.
   *
   * @param rows how many the list has
   */
  private record Places(int rows, Map<Integer, StepPosition> positions) {}

  /** What a page cost, in buffers. */
  record Cost(int buffers, int rows, int ranges, String plan) {

    /** A line of the report. */
    String line(String kind, String what, Direction direction, int page, int inSmallTable) {
      return String.join(
          "\t",
          kind,
          what,
          direction.name(),
          List.of("first", "middle", "last").get(page),
          Integer.toString(ranges),
          Integer.toString(rows),
          Integer.toString(inSmallTable),
          Integer.toString(buffers));
    }
  }

  /** Loads that many steps into an empty database. */
  static PageCosts of(int steps) throws SQLException {
    DatabaseUrl url = TestDatabase.url();
    new Migrations(url).migrate(Optional.empty());
    Connection connection = TestDatabase.connect(url);
    CostTable.load(connection, steps);
    return on(connection);
  }

  /** Pages of what is there, read as a server's connection does. */
  static PageCosts on(Connection connection) throws SQLException {
    return on(connection, TransactionSettings.READER);
  }

  /** As {@link #on(Connection)}, with other settings of a reader. */
  static PageCosts on(Connection connection, String settings) throws SQLException {
    PageCosts costs = new PageCosts(connection);
    costs.execute(lasting(settings).formatted(ORGANIZATION, "0"));
    return costs;
  }

  /** The same settings for the session, with their parameters as literals to be formatted. */
  private static String lasting(String settings) {
    return settings.replace(", true)", ", false)").replace("?", "'%s'");
  }

  private PageCosts(Connection connection) {
    this.connection = connection;
  }

  /** Every value of each dimension alone, with and without states. */
  static List<StepFilter> oneDimension() {
    List<StepFilter> filters = new ArrayList<>();
    for (List<String> statuses :
        List.of(
            List.<String>of(),
            List.of("completed"),
            List.of("cancelled"),
            List.of("queued"),
            List.of("completed", "error", "running"),
            List.of("cancelled", "queued"))) {
      filters.add(filter("", "", "", "", List.of(), statuses));
      for (String run : List.of("run-20", "run-absent")) {
        filters.add(filter(run, "", "", "", List.of(), statuses));
      }
      for (String kind : List.of("rare", "absent")) {
        filters.add(filter("", "workflow-" + kind, "", "", List.of(), statuses));
        filters.add(filter("", "", "block-" + kind, "", List.of(), statuses));
        filters.add(filter("", "", "", "step-" + kind, List.of(), statuses));
      }
      filters.add(filter("", "workflow-7", "", "", List.of(), statuses));
      filters.add(filter("", "", "block-7", "", List.of(), statuses));
      filters.add(filter("", "", "", "start", List.of(), statuses));
      for (List<String> types :
          List.of(
              List.of("extract"),
              List.of("merge_dicts"),
              List.of("hil"),
              List.of("extract", "note", "parse"),
              List.of("extract", "hil", "merge_dicts"),
              currentBlockTypes(),
              Words.BLOCK_TYPE.all())) {
        filters.add(filter("", "", "", "", types, statuses));
      }
    }
    filters.add(filter("run-long", "", "", "", List.of(), List.of()));
    filters.add(filter("run-long", "", "", "", List.of(), List.of("queued")));
    return filters;
  }

  /**
   * Lists by the time at which steps ended: of the organization and of workflows, with and without
   * states, and with each kind of bound. Of a workflow without a state in the range of steps that
   * have started and not ended: they are those of all workflows.
   */
  static List<StepFilter> byEnd() {
    List<StepFilter> filters = new ArrayList<>();
    for (List<String> statuses :
        List.of(
            List.<String>of(),
            List.of("error"),
            List.of("cancelled"),
            List.of("queued"),
            List.of("running"),
            List.of("completed", "error", "running"))) {
      for (Optional<TimeRange> times : TIMES) {
        filters.add(byEnd("", statuses, times));
        filters.add(byEnd("workflow-7", statuses, times));
        boolean ended = times.isPresent() || statuses.stream().allMatch(Words.STATUS::isTerminal);
        if (ended && !statuses.isEmpty()) {
          filters.add(byEnd("workflow-rare", statuses, times));
          filters.add(byEnd("workflow-absent", statuses, times));
        }
      }
    }
    return filters;
  }

  private static StepFilter byEnd(
      String workflow, List<String> statuses, Optional<TimeRange> times) {
    return filter("", workflow, "", "", List.of(), statuses)
        .withSortBy(SortBy.ENDED_AT)
        .withTimes(times);
  }

  /** None, one with each bound alone, both, at both ends of all times, and empty. */
  private static final List<Optional<TimeRange>> TIMES =
      List.of(
          Optional.empty(),
          Optional.of(new TimeRange(FIRST_TIME + SECONDS / 2, TimeRange.END)),
          Optional.of(new TimeRange(TimeRange.BEGINNING, FIRST_TIME + SECONDS / 2)),
          Optional.of(new TimeRange(FIRST_TIME + SECONDS / 3, FIRST_TIME + SECONDS / 3 * 2)),
          Optional.of(new TimeRange(FIRST_TIME + SECONDS - 1_000_000, TimeRange.END)),
          Optional.of(new TimeRange(TimeRange.BEGINNING, FIRST_TIME + 1_000_000)),
          Optional.of(new TimeRange(FIRST_TIME + 1, FIRST_TIME + 2)));

  /** Two selective dimensions: the index is that of one, and the other is looked at on the way. */
  static List<StepFilter> twoDimensions() {
    return List.of(
        filter("", "workflow-7", "", "", List.of("extract"), List.of()),
        filter("", "workflow-7", "", "", List.of("merge_dicts"), List.of()),
        filter("", "workflow-7", "", "", List.of("hil"), List.of()),
        filter("", "workflow-7", "block-7", "", List.of(), List.of()),
        filter("", "workflow-rare", "block-7", "", List.of(), List.of()),
        filter("", "workflow-7", "block-7", "", List.of(), List.of("error")),
        filter("", "workflow-7", "", "start", List.of(), List.of()),
        filter("", "workflow-absent", "", "start", List.of(), List.of()),
        filter("", "", "block-7", "start", List.of(), List.of()),
        filter("", "", "block-7", "", List.of("hil"), List.of()),
        filter("run-long", "", "block-7", "", List.of(), List.of()),
        filter("run-long", "", "", "", List.of("hil"), List.of()),
        filter("run-20", "", "", "step-absent", List.of(), List.of()));
  }

  static StepFilter filter(
      String run,
      String workflow,
      String block,
      String step,
      List<String> types,
      List<String> statuses) {
    return StepFilter.all(ORGANIZATION)
        .withRunId(given(run))
        .withWorkflowId(given(workflow))
        .withBlockId(given(block))
        .withStepId(given(step))
        .withBlockTypes(types)
        .withStatuses(statuses);
  }

  static String words(StepFilter filter) {
    List<String> words = new ArrayList<>();
    filter.runId().ifPresent(words::add);
    filter.workflowId().ifPresent(words::add);
    filter.blockId().ifPresent(words::add);
    filter.stepId().ifPresent(words::add);
    words.add(
        filter.blockTypes().size() > 3
            ? filter.blockTypes().size() + " types"
            : "" + filter.blockTypes());
    words.add("" + filter.statuses());
    if (filter.sortBy() == SortBy.ENDED_AT) {
      words.add("by end " + filter.times().map(TimeRange::toString).orElse(""));
    }
    return String.join(" ", words);
  }

  /** Of the first page and, where there are more, of one in the middle and the last. */
  List<Cost> costs(StepFilter filter, Direction direction, int rows) throws SQLException {
    List<Cost> costs = new ArrayList<>();
    for (Optional<StepPosition> place : places(filter, direction, rows)) {
      costs.add(cost(new Scan<>(filter, direction, place, rows, Long.MAX_VALUE)));
    }
    return costs;
  }

  /** The positions of the row before the middle page and of the one before the last page. */
  List<Optional<StepPosition>> places(StepFilter filter, Direction direction, int rows)
      throws SQLException {
    Map.Entry<StepFilter, Integer> key = Map.entry(filter, rows);
    Places of = places.get(key);
    if (of == null) {
      of = find(filter, rows);
      places.put(key, of);
    }
    List<Optional<StepPosition>> found = new ArrayList<>(List.of(Optional.empty()));
    for (int row : new int[] {of.rows() / 2, of.rows() - rows - 1}) {
      if (row > 0) {
        int number = direction == Direction.ASCENDING ? row : of.rows() + 1 - row;
        found.add(Optional.of(of.positions().get(number)));
      }
    }
    return found;
  }

  /** Sorts the list once for all places in it: of a large table that takes long. */
  private Places find(StepFilter filter, int rows) throws SQLException {
    int count = count(filter);
    Map<Integer, StepPosition> positions = new HashMap<>();
    String sql =
        """
        SELECT number, %1$s, step_id, run_id
        FROM (SELECT row_number() OVER (ORDER BY %1$s, step_id, run_id) AS number, %1$s, step_id, run_id
          FROM step WHERE %2$s) AS numbered
        WHERE number IN (%3$d, %4$d, %5$d, %6$d)"""
            .formatted(
                time(filter),
                condition(filter),
                count / 2,
                count - rows - 1,
                count + 1 - count / 2,
                rows + 2);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        positions.put(
            row.getInt(1), new StepPosition(row.getLong(2), row.getString(3), row.getString(4)));
      }
    }
    return new Places(count, positions);
  }

  /**
   * The places of the row before the middle page of a run's records and of the one before the last.
   */
  List<Optional<ArtifactPosition>> artifactPlaces(String runId, Direction direction, int rows)
      throws SQLException {
    String of = "FROM artifact WHERE organization_id = 'cost' AND run_id = '" + runId + "'";
    int count = Integer.parseInt(text("SELECT count(*) " + of));
    String way = direction == Direction.ASCENDING ? "" : " DESC";
    List<Optional<ArtifactPosition>> places = new ArrayList<>(List.of(Optional.empty()));
    for (int offset : new int[] {count / 2, count - rows - 1}) {
      String row =
          "SELECT sort_time, step_id, run_id, artifact_id %2$s"
              + " ORDER BY sort_time%1$s, step_id%1$s, artifact_id%1$s OFFSET %3$d LIMIT 1";
      if (offset > 0) {
        try (Statement statement = connection.createStatement();
            ResultSet found = statement.executeQuery(row.formatted(way, of, offset - 1))) {
          found.next();
          StepPosition step =
              new StepPosition(found.getLong(1), found.getString(2), found.getString(3));
          places.add(Optional.of(new ArtifactPosition(step, found.getString(4))));
        }
      }
    }
    return places;
  }

  private static List<String> currentBlockTypes() {
    return WorkflowStep.getDescriptor()
        .findFieldByName("block_type")
        .getOptions()
        .getExtension(OptionsProto.values)
        .getWordsList();
  }

  /** Any step of a run. */
  String stepOf(String runId) throws SQLException {
    return text(
        "SELECT max(step_id) FROM step WHERE organization_id = 'cost' AND run_id = '"
            + runId
            + "'");
  }

  /** Runs a page as a server's connection does, and tells what it cost. */
  Cost cost(Scan<StepFilter, StepPosition> scan) throws SQLException {
    SelectStepPage page = new SelectStepPage(scan, Words.STATUS.all());
    // Those of no state are empty.
    long ranges =
        new StepRanges(scan, Words.STATUS.all())
            .all().stream()
                .filter(range -> !range.condition().values().contains(Sql.NOTHING))
                .count();
    return cost(page.statements(), (int) ranges);
  }

  /**
   * As {@link #cost(Scan<StepFilter, StepPosition>)}, of any statements that together read so many
   * ranges.
   */
  Cost cost(List<Sql> statements, int ranges) throws SQLException {
    int buffers = 0;
    int rows = 0;
    StringBuilder plans = new StringBuilder();
    for (Sql statement : statements) {
      String plan = explain(statement);
      buffers += number("\"Shared Hit Blocks\": (\\d+)", plan);
      buffers += number("\"Shared Read Blocks\": (\\d+)", plan);
      rows += number("\"Actual Rows\": (\\d+)", plan);
      plans.append(plan);
    }
    return new Cost(buffers, rows, ranges, plans.toString());
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String explain(Sql sql) throws SQLException {
    String name = "page_" + ++prepared;
    execute("PREPARE " + name + types(sql) + " AS " + numbered(sql));
    try {
      return text(
          "EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) EXECUTE " + name + literals(sql));
    } finally {
      execute("DEALLOCATE " + name);
    }
  }

  /** The types that the driver gives its parameters. */
  private static String types(Sql sql) {
    return sql.values().stream().map(PageCosts::type).collect(joining(", ", "(", ")"));
  }

  private static String type(Object value) {
    if (value instanceof Long) {
      return "bigint";
    }
    if (value instanceof Integer) {
      return "integer";
    }
    if (value instanceof byte[][]) {
      return "bytea[]";
    }
    return value instanceof String[] ? "text[]" : "varchar";
  }

  private static String numbered(Sql sql) {
    String[] parts = sql.text().split("\\?", -1);
    StringBuilder numbered = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      numbered.append('$').append(i).append(parts[i]);
    }
    return numbered.toString();
  }

  private static String literals(Sql sql) {
    return sql.values().stream().map(PageCosts::literal).collect(joining(", ", "(", ")"));
  }

  private static String literal(Object value) {
    if (value instanceof Number) {
      return value.toString();
    }
    if (value instanceof String[] texts) {
      return "'{" + String.join(",", texts) + "}'";
    }
    if (value instanceof byte[][] all) {
      return Stream.of(all)
          .map(bytes -> "\\\\x" + HexFormat.of().formatHex(bytes))
          .collect(joining(",", "'{", "}'"));
    }
    return value instanceof String text ? "'" + text + "'" : "NULL";
  }

  private int count(StepFilter filter) throws SQLException {
    return Integer.parseInt(text("SELECT count(*) FROM step WHERE " + condition(filter)));
  }

  /** Written apart from the page statement. */
  static String condition(StepFilter filter) {
    StringBuilder condition = new StringBuilder("organization_id = 'cost'");
    filter.runId().ifPresent(v -> condition.append(" AND run_id = '" + v + "'"));
    filter.workflowId().ifPresent(v -> condition.append(" AND workflow_id = '" + v + "'"));
    filter.blockId().ifPresent(v -> condition.append(" AND block_id = '" + v + "'"));
    filter.stepId().ifPresent(v -> condition.append(" AND step_id = '" + v + "'"));
    condition.append(in("block_type", filter.blockTypes()));
    condition.append(in("status", filter.statuses()));
    filter
        .times()
        .ifPresent(
            times ->
                condition.append(
                    " AND %1$s >= %2$d AND %1$s < %3$d"
                        .formatted(time(filter), times.from(), times.to())));
    return condition.toString();
  }

  private static String time(StepFilter filter) {
    return filter.sortBy() == SortBy.ENDED_AT ? "ended_at" : "sort_time";
  }

  private static String in(String column, List<String> values) {
    return values.isEmpty() ? "" : " AND " + column + " IN ('" + String.join("','", values) + "')";
  }

  private String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** The first number of that name: the plan's own, before those of its parts. */
  private static int number(String pattern, String plan) {
    Matcher matcher = Pattern.compile(pattern).matcher(plan);
    if (!matcher.find()) {
      throw new IllegalStateException(pattern + " in " + plan);
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static Optional<String> given(String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
