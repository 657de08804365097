package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.steps.StepStore.MOST_COUNTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.StatusCount;
import dev.workflowsteps.server.steps.StepCounts;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.stores.Stores;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Counts in a table of any size: what they read, and what they are where that ends. {@code
 * -Dwfs.test.count.steps=1000000} takes a larger table.
 */
class CountStepsIT {

  private static final int SMALL = 20_000;
  private static final int LARGE = Integer.getInteger("wfs.test.count.steps", 100_000);
  private static final int INSERTED = 50_000;

  /** What a leaf holds at least, half empty as many of them are after inserts in any order. */
  private static final int ENTRIES_OF_A_LEAF = 20;

  /** The levels of an index, and the leaf at its end. */
  private static final int BUFFERS_OF_A_RANGE = 6;

  /** One buffer of the visibility map covers these. A scan that needs two looks at each in turn. */
  private static final int ROWS_OF_ONE_MAP = 250_000;

  private static final String INSERT =
      """
      INSERT INTO step (organization_id, run_id, step_id, sort_time, workflow_id, block_id,
        block_type, status, retry_count, withheld_bytes, head, outputs, inputs)
      """;

  private static final String INSERT_MORE =
      INSERT
          + """
          SELECT organization_id, 'later-' || i || run_id, step_id, sort_time, workflow_id, block_id,
            block_type, status, retry_count, withheld_bytes, head, outputs, inputs
          FROM step CROSS JOIN generate_series(1, 3) AS i
          WHERE organization_id = 'cost'
          LIMIT %d""";

  private static final String INSERT_IN_STATE =
      INSERT
          + """
          SELECT 'acme', 'run', '%1$s-' || i, i, 'workflow', 'block', 'note', '%1$s', 0, 0, '', '', ''
          FROM generate_series(1, %2$d) AS i""";

  /** Braces within a condition. */
  private static final Pattern LIST = Pattern.compile("'\\{[^}]*}'");

  private static final Pattern SCAN =
      Pattern.compile("\\{[^{}]*\"Relation Name\": \"step\",[^{}]*}");

  private static TestDatabase.Open small;
  private static TestDatabase.Open large;

  @BeforeAll
  static void load() throws SQLException {
    small = loaded(SMALL);
    large = loaded(LARGE);
  }

  private static TestDatabase.Open loaded(int steps) throws SQLException {
    TestDatabase.Open open = TestDatabase.open();
    try (Connection owner = open.connect()) {
      TestDatabase.execute(owner, "ALTER TABLE step SET (autovacuum_enabled = off)");
      CostTable.load(owner, steps);
    }
    return open;
  }

  @AfterAll
  static void close() {
    small.close();
    large.close();
  }

  @Test
  void count_ofOneDimension_readsEntriesOfOneIndex_andNoRow() throws SQLException {
    for (TestDatabase.Open table : List.of(small, large)) {
      try (PageCosts costs = counting(table)) {
        for (StepFilter filter : PageCosts.oneDimension()) {
          for (StepFilter bounded : List.of(filter, filter.withTimes(anyTime()))) {
            Cost cost = cost(costs, bounded);
            assertThat(cost.isIndexOnly()).as("%s", cost).isTrue();
            assertThat(cost.rowsRead()).as("%s", cost).isZero();
            assertBounded(bounded, cost, LARGE > ROWS_OF_ONE_MAP ? cost.entries() : 0);
          }
        }
      }
    }
  }

  @Test
  void count_ofTwoDimensions_readsAtMostARowForEachEntry() throws SQLException {
    for (TestDatabase.Open table : List.of(small, large)) {
      try (PageCosts costs = counting(table)) {
        for (StepFilter filter : PageCosts.twoDimensions()) {
          Cost cost = cost(costs, filter);
          assertBounded(filter, cost, cost.entries());
        }
      }
    }
  }

  /** No vacuum has seen them yet, so each entry takes a look at its row. */
  @Test
  void count_rightAfterInserts_readsAtMostARowForEachEntry() throws SQLException {
    try (TestDatabase.Open table = loaded(SMALL);
        Connection writer = table.connectAsWriter();
        PageCosts costs = counting(table)) {
      TestDatabase.execute(writer, INSERT_MORE.formatted(INSERTED));

      for (StepFilter filter :
          Stream.concat(PageCosts.oneDimension().stream(), PageCosts.twoDimensions().stream())
              .toList()) {
        Cost cost = cost(costs, filter);
        assertBounded(filter, cost, cost.entries());
      }
      Cost everything = cost(costs, StepFilter.all(PageCosts.ORGANIZATION));
      assertThat(everything.rowsRead()).isPositive();
      System.out.println("after " + INSERTED + " inserts: " + everything);
    }
  }

  /** The bound is on what is read: what is filtered behind an index's scan counts, too. */
  private static void assertBounded(StepFilter filter, Cost cost, int more) {
    int statuses =
        filter.statuses().isEmpty() ? Words.STATUS.all().size() : filter.statuses().size();
    int types = Math.max(1, filter.blockTypes().size());
    assertThat(cost.entries())
        .as("%s: %s", filter, cost)
        .isLessThanOrEqualTo(statuses * MOST_COUNTED);
    assertThat(cost.filtered()).as("%s: %s", filter, cost).isZero();
    assertThat(cost.buffers())
        .as("%s: %s", filter, cost)
        .isLessThanOrEqualTo(
            cost.entries() / ENTRIES_OF_A_LEAF + BUFFERS_OF_A_RANGE * statuses * types + 16 + more);
  }

  @Test
  void count_isThatOfAPlainScan_orALowerBound() throws SQLException {
    for (StepFilter filter :
        List.of(
            StepFilter.all(PageCosts.ORGANIZATION),
            StepFilter.all(PageCosts.ORGANIZATION).withTimes(anyTime()),
            PageCosts.filter("", "", "", "", List.of("extract", "note"), List.of()),
            PageCosts.filter("", "", "", "", Words.BLOCK_TYPE.all(), List.of("error")),
            PageCosts.filter("", "workflow-7", "", "", List.of("extract"), List.of()),
            PageCosts.filter("run-long", "", "block-7", "", List.of(), List.of()))) {
      Map<String, Integer> all = plainCounts(large, filter);
      StepCounts counts = counts(large, filter);

      assertThat(counts.statuses()).extracting(StatusCount::status).containsAll(all.keySet());
      for (StatusCount count : counts.statuses()) {
        if (count.exact()) {
          assertThat(count.count()).as("%s", count).isEqualTo(all.get(count.status()));
        } else {
          assertThat(count.count()).as("%s", count).isLessThanOrEqualTo(all.get(count.status()));
        }
      }
    }
    assertThat(counts(large, StepFilter.all(PageCosts.ORGANIZATION)).exact()).isFalse();
  }

  @Test
  @Rule("counts")
  void count_isExactBelowTheBound_andALowerBoundFromThereOn() throws SQLException {
    try (TestDatabase.Open table = TestDatabase.open();
        Connection writer = table.connectAsWriter()) {
      TestDatabase.execute(writer, INSERT_IN_STATE.formatted("queued", MOST_COUNTED - 1));
      StatusCount queued = new StatusCount("queued", MOST_COUNTED - 1, true);

      assertThat(counts(table, inRun()).statuses()).containsExactly(queued);

      TestDatabase.execute(writer, INSERT_IN_STATE.formatted("running", MOST_COUNTED));
      TestDatabase.execute(writer, INSERT_IN_STATE.formatted("error", MOST_COUNTED + 1));
      StepFilter all = StepFilter.all("acme");
      StepCounts counts = counts(table, all);

      assertThat(counts.statuses())
          .containsExactly(
              queued,
              new StatusCount("running", MOST_COUNTED, false),
              new StatusCount("error", MOST_COUNTED, false));
      assertThat(counts.total()).isEqualTo(3 * MOST_COUNTED - 1);
      assertThat(counts.exact()).isFalse();
      assertThat(counts(table, all.withStatuses(List.of("queued"))).exact()).isTrue();
      // What was looked at has none of these, but there may be more.
      StepFilter other =
          all.withWorkflowId(Optional.of("workflow")).withBlockTypes(List.of("edit"));
      assertThat(counts(table, other).statuses())
          .containsExactly(
              new StatusCount("running", 0, false), new StatusCount("error", 0, false));
      // Of a run the entries of all states are read together: there may be some in any of them.
      assertThat(counts(table, inRun()).statuses())
          .extracting(StatusCount::status)
          .isEqualTo(Words.STATUS.all());
      assertThat(counts(table, inRun()).total()).isEqualTo(MOST_COUNTED);
      assertThat(counts(table, inRun()).statuses()).noneMatch(StatusCount::exact);
      assertThat(counts(table, inRun().withExcludedStatuses(Words.STATUS.all())).exact()).isTrue();
    }
  }

  private static StepFilter inRun() {
    return StepFilter.run("acme", "run");
  }

  private static Optional<TimeRange> anyTime() {
    return Optional.of(new TimeRange(TimeRange.BEGINNING, TimeRange.END));
  }

  private static StepCounts counts(TestDatabase.Open table, StepFilter filter) {
    Stores stores = table.database().stores();
    return new StepLister(stores.stepStore(), stores.payloadStore(), 1)
        .count(filter, Call.within(Duration.ofMinutes(1)));
  }

  /** Of all states in which there are steps. */
  private static Map<String, Integer> plainCounts(TestDatabase.Open table, StepFilter filter)
      throws SQLException {
    Map<String, Integer> counts = new TreeMap<>();
    String sql =
        "SELECT status, count(*) FROM step WHERE "
            + PageCosts.condition(filter)
            + (filter.times().isPresent() ? " AND sort_time < 9223372036854775807" : "")
            + " GROUP BY status";
    try (Connection reader = table.connectAsWriter();
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getInt(2));
      }
    }
    return counts;
  }

  private static PageCosts counting(TestDatabase.Open table) throws SQLException {
    return PageCosts.on(table.connect(), TransactionSettings.COUNTER);
  }

  private static Cost cost(PageCosts costs, StepFilter filter) throws SQLException {
    PageCosts.Cost cost = costs.cost(List.of(CountSteps.statement(filter)), 1);
    int entries = 0;
    int rowsRead = 0;
    int filtered = 0;
    List<String> scans = new ArrayList<>();
    Matcher scan = SCAN.matcher(LIST.matcher(cost.plan()).replaceAll(""));
    while (scan.find()) {
      String node = scan.group();
      long loops = Math.round(number("Actual Loops", node));
      entries += (int) Math.round(loops * number("Actual Rows", node));
      filtered += (int) Math.ceil(loops * number("Rows Removed by Filter", node));
      rowsRead += (int) number("Heap Fetches", node);
      scans.add(text("Node Type", node));
    }
    return new Cost(PageCosts.words(filter), cost.buffers(), entries, filtered, rowsRead, scans);
  }

  /** 0 if it is not there. */
  private static double number(String name, String node) {
    Matcher matcher = Pattern.compile("\"" + name + "\": ([0-9.]+)").matcher(node);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private static String text(String name, String node) {
    Matcher matcher = Pattern.compile("\"" + name + "\": \"([^\"]*)\"").matcher(node);
    return matcher.find() ? matcher.group(1) : "";
  }

  /**
   * What a count read.
   *
   * @param entries of indexes, all states together
   * @param filtered entries that a scan read and left out
   * @param rowsRead by index-only scans, of which each looks at a row if no vacuum has seen it
   * @param scans of the table
   */
  private record Cost(
      String of, int buffers, int entries, int filtered, int rowsRead, List<String> scans) {

    boolean isIndexOnly() {
      return !scans.isEmpty() && scans.stream().allMatch("Index Only Scan"::equals);
    }
  }
}
