package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.steps.StepFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What first pages cost in a small and a large table, in buffers, by one filter and by two. The
 * figures are written to {@code target/page-costs.tsv}; {@code -Dwfs.test.cost.steps=1000000} takes
 * a larger table.
 */
class PageCostReport {

  private static final int SMALL = 20_000;
  private static final int LARGE = Integer.getInteger("wfs.test.cost.steps", 200_000);
  private static final int ROWS = 51;

  @Test
  void firstPages() throws SQLException, IOException {
    List<String> report =
        new ArrayList<>(List.of("class\tfilter\torder\tpage\tranges\trows\tsmall\tlarge"));
    try (PageCosts small = PageCosts.of(SMALL);
        PageCosts large = PageCosts.of(LARGE)) {
      for (StepFilter filter : PageCosts.oneDimension()) {
        report.add(line("one", filter, small, large));
      }
      for (StepFilter filter : PageCosts.byEnd()) {
        report.add(line("by end", filter, small, large));
      }
      for (StepFilter filter : PageCosts.twoDimensions()) {
        report.add(line("two", filter, small, large));
      }
    }
    report.forEach(System.out::println);
    Files.write(Path.of("target", "page-costs.tsv"), report);
  }

  private static String line(String kind, StepFilter filter, PageCosts small, PageCosts large)
      throws SQLException {
    PageCosts.Cost before = small.costs(filter, Direction.ASCENDING, ROWS).get(0);
    PageCosts.Cost cost = large.costs(filter, Direction.ASCENDING, ROWS).get(0);
    return cost.line(kind, PageCosts.words(filter), Direction.ASCENDING, 0, before.buffers());
  }
}
