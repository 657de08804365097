package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.View;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a page costs depends neither on the size of the table nor on how deep it lies. Measured in
 * buffers, so the same on any machine. {@code -Dwfs.test.cost.steps=1000000} takes a larger table.
 */
class PageCostIT {

  private static final int SMALL = 20_000;
  private static final int LARGE = Integer.getInteger("wfs.test.cost.steps", 100_000);
  private static final int ROWS = 51;

  /**
   * How many buffers more a range may read in the large table. In one of millions of steps an index
   * has a level more, and there the end of an empty range may lie at the edge of a leaf besides.
   */
  private static final int MORE_OF_A_RANGE = LARGE > 200_000 ? 2 : 1;

  private static PageCosts small;
  private static PageCosts large;

  @BeforeAll
  static void load() throws SQLException {
    small = PageCosts.of(SMALL);
    large = PageCosts.of(LARGE);
  }

  @AfterAll
  static void close() throws SQLException {
    small.close();
    large.close();
  }

  @Test
  void page_ofOneDimension_costsTheSameInATableOfAnySize_andAtAnyDepth() throws SQLException {
    assertThat(faults(PageCosts.oneDimension(), PageCostIT::check)).isEmpty();
  }

  @Test
  void page_ofTheWholeOrganization_readsLittleMoreThanItsRows() throws SQLException {
    StepFilter all = StepFilter.all(PageCosts.ORGANIZATION);
    for (PageCosts table : List.of(small, large)) {
      for (Direction direction : Direction.values()) {
        assertThat(table.costs(all, direction, ROWS))
            .allSatisfy(cost -> assertThat(cost.buffers()).isBetween(ROWS, ROWS + 16));
      }
    }
  }

  @Test
  void page_byEnd_readsLittleMoreThanItsRowsInATableOfAnySize_andAtAnyDepth() throws SQLException {
    assertThat(faults(PageCosts.byEnd(), PageCostIT::checkBounds)).isEmpty();
  }

  @Test
  void failuresSinceATime_newestFirst_readLittleMoreThanTheirRows() throws SQLException {
    StepFilter failures =
        PageCosts.byEnd().stream()
            .filter(filter -> filter.statuses().equals(List.of("error")))
            .filter(filter -> filter.times().isPresent() && filter.workflowId().isEmpty())
            .findFirst()
            .orElseThrow();
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(failures, Direction.DESCENDING, Optional.empty(), 21, Long.MAX_VALUE);

    PageCosts.Cost cost = large.cost(scan);

    assertThat(cost.rows()).isEqualTo(21);
    assertThat(cost.buffers()).isLessThanOrEqualTo(60);
  }

  @Test
  void page_ofArtifacts_costsTheSameInATableOfAnySize_andAtAnyDepth() throws SQLException {
    List<String> faults = new ArrayList<>();
    for (String run : List.of("run-long", "run-20", "run-absent")) {
      for (Direction direction : Direction.values()) {
        List<PageCosts.Cost> inSmall = artifactCosts(small, run, direction);
        List<PageCosts.Cost> inLarge = artifactCosts(large, run, direction);
        for (int page = 0; page < inLarge.size(); page++) {
          check(faults, "artifacts " + run, direction, page, inSmall, inLarge);
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void place_ofAPlainCursor_costsTheSameInATableOfAnySize() throws SQLException {
    List<String> faults = new ArrayList<>();
    for (boolean inRun : new boolean[] {true, false}) {
      for (boolean there : new boolean[] {true, false}) {
        List<PageCosts.Cost> inSmall = List.of(place(small, inRun, there));
        List<PageCosts.Cost> inLarge = List.of(place(large, inRun, there));
        String what = "cursor" + (inRun ? " in run" : "") + (there ? "" : " absent");
        check(faults, what, Direction.ASCENDING, 0, inSmall, inLarge);
      }
    }
    assertThat(faults).isEmpty();
  }

  /** As the first step of a workflow has the same id in each. */
  @Test
  void place_inARun_ofAStepThatEveryRunHas_costsNoMore() throws SQLException {
    for (SortBy sortBy : SortBy.values()) {
      for (int run = 20; run < 300; run += 40) {
        assertIsFoundByItsKey(sortBy, "run-" + run, "start");
      }
    }
  }

  @Test
  void place_inALongRun_costsNoMore() throws SQLException {
    for (SortBy sortBy : SortBy.values()) {
      assertIsFoundByItsKey(sortBy, "run-long", small.stepOf("run-long"));
    }
  }

  /** Reads and writes of many steps, each of another run. */
  @Test
  void steps_ofAnIdThatEveryRunHas_areJoinedByTheirKeys() throws SQLException {
    int keys = 300;
    String[] runs = IntStream.range(20, 20 + keys).mapToObj(i -> "run-" + i).toArray(String[]::new);
    String[] steps = Stream.generate(() -> "start").limit(keys).toArray(String[]::new);
    byte[][] bytes = Stream.generate(() -> new byte[] {1}).limit(keys).toArray(byte[][]::new);
    String org = PageCosts.ORGANIZATION;
    String describe = PostgresStepStore.DESCRIBE.formatted(SelectStepPage.columns(View.FULL));
    for (PageCosts table : List.of(small, large)) {
      assertUsesTheKey(table, Sql.of(describe, runs, steps, org), 5 * keys);
      assertUsesTheKey(
          table,
          Sql.of(PostgresStepWriter.LEFT_ALONE, runs, steps, bytes, bytes, bytes, org),
          5 * keys);
      assertUsesTheKey(
          table,
          Sql.of(
              PostgresArtifactStore.STEPS_IN_RUN,
              org,
              "run-20",
              "start",
              "start",
              org,
              "start",
              "run-20",
              2),
          10);
      // Besides they write.
      assertUsesTheKey(
          table, Sql.of(PostgresDataDeletion.DELETE_STEPS, runs, steps, org), 10 * keys);
      assertUsesTheKey(
          table,
          Sql.of(PostgresArtifactWriter.UPSERT, org, runs, steps, runs, steps, steps, bytes, org),
          50 * keys);
    }
  }

  private static void assertUsesTheKey(PageCosts table, Sql statement, int most)
      throws SQLException {
    table.execute("BEGIN");
    try {
      table.execute("SET LOCAL ROLE workflow_steps_writer");
      PageCosts.Cost cost = table.cost(List.of(statement), 1);
      assertThat(cost.plan()).contains("\"step_pkey\"").doesNotContain("\"step_of_");
      assertThat(cost.buffers()).isBetween(1, most);
    } finally {
      table.execute("ROLLBACK");
    }
  }

  private static void assertIsFoundByItsKey(SortBy sortBy, String run, String step)
      throws SQLException {
    Sql place = PostgresStepStore.place(sortBy, PageCosts.ORGANIZATION, step, Optional.of(run), 2);
    for (PageCosts table : List.of(small, large)) {
      PageCosts.Cost cost = table.cost(List.of(place), 1);
      assertThat(cost.plan()).contains("\"step_pkey\"");
      assertThat(cost.buffers()).isBetween(1, 5);
    }
  }

  @Test
  void plan_isOfOrderedIndexScansOnly() throws SQLException {
    List<StepFilter> filters = new ArrayList<>(PageCosts.oneDimension());
    filters.addAll(PageCosts.byEnd());
    for (StepFilter filter : filters) {
      for (View view : View.values()) {
        for (int rows : new int[] {ROWS, 1_001}) {
          Scan<StepFilter, StepPosition> scan =
              new Scan<>(
                  filter.withView(view), Direction.ASCENDING, Optional.empty(), rows, 3_670_016);
          assertThat(small.cost(scan).plan())
              .doesNotContain("\"Sort\"", "\"Incremental Sort\"", "Seq Scan", "Bitmap");
        }
      }
    }
  }

  /** Adds a page that costs too much to the faults. */
  private interface Check {
    void of(
        List<String> faults,
        String what,
        Direction direction,
        int page,
        List<PageCosts.Cost> inSmall,
        List<PageCosts.Cost> inLarge);
  }

  private static List<String> faults(List<StepFilter> filters, Check check) throws SQLException {
    List<String> faults = new ArrayList<>();
    for (StepFilter filter : filters) {
      for (Direction direction : Direction.values()) {
        List<PageCosts.Cost> inSmall = small.costs(filter, direction, ROWS);
        List<PageCosts.Cost> inLarge = large.costs(filter, direction, ROWS);
        for (int page = 0; page < inLarge.size(); page++) {
          check.of(faults, PageCosts.words(filter), direction, page, inSmall, inLarge);
        }
      }
    }
    return faults;
  }

  private static void check(
      List<String> faults,
      String what,
      Direction direction,
      int page,
      List<PageCosts.Cost> inSmall,
      List<PageCosts.Cost> inLarge) {
    PageCosts.Cost cost = inLarge.get(page);
    int before = inSmall.get(Math.min(page, inSmall.size() - 1)).buffers();
    if (cost.buffers() > Math.max(1.35 * before, before + MORE_OF_A_RANGE * cost.ranges())
        || cost.buffers() > 1.1 * cost.rows() + 6 * cost.ranges() + 16
        || cost.buffers() > 1.15 * inLarge.get(0).buffers() + cost.ranges()) {
      faults.add(cost.line("one", what, direction, page, before));
    }
  }

  /** Bounds of what a page reads; where it lies decides which of its ranges have rows at all. */
  private static void checkBounds(
      List<String> faults,
      String what,
      Direction direction,
      int page,
      List<PageCosts.Cost> inSmall,
      List<PageCosts.Cost> inLarge) {
    PageCosts.Cost cost = inLarge.get(page);
    if (cost.buffers() > 1.2 * cost.rows() + 6 * cost.ranges() + 16) {
      int before = inSmall.get(Math.min(page, inSmall.size() - 1)).buffers();
      faults.add(cost.line("by end", what, direction, page, before));
    }
  }

  private static List<PageCosts.Cost> artifactCosts(
      PageCosts table, String run, Direction direction) throws SQLException {
    ArtifactFilter filter = ArtifactFilter.all(PageCosts.ORGANIZATION).withRunId(Optional.of(run));
    List<PageCosts.Cost> costs = new ArrayList<>();
    for (Optional<ArtifactPosition> place : table.artifactPlaces(run, direction, ROWS)) {
      Scan<ArtifactFilter, ArtifactPosition> scan =
          new Scan<>(filter, direction, place, ROWS, Long.MAX_VALUE);
      costs.add(table.cost(List.of(PostgresArtifactStore.page(scan)), 1));
    }
    return costs;
  }

  private static PageCosts.Cost place(PageCosts table, boolean inRun, boolean there)
      throws SQLException {
    String step = there ? table.stepOf("run-20") : "step-absent";
    Optional<String> run = inRun ? Optional.of("run-20") : Optional.empty();
    Sql place = PostgresStepStore.place(SortBy.STARTED_AT, PageCosts.ORGANIZATION, step, run, 2);
    return table.cost(List.of(place), 1);
  }
}
