package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of a response as it is sent, against the budget of a page. */
class PageBudgetTest {

  private static final int ROWS = 60;

  private final InMemoryStepStore store = new InMemoryStepStore();

  @Test
  @Rule("budget")
  void response_withItsFraming_neverPassesTheBudget_andHoldsAllThatFits() {
    new StepRecorder(store)
        .record(
            "acme",
            IntStream.range(0, ROWS)
                .mapToObj(
                    i ->
                        AStep.named("step-" + i)
                            .startedAt(i % 3 == 0 ? null : "2026-03-12T09:00:00Z")
                            .output("out", '"' + "x".repeat(i * i) + '"')
                            .output("large", i % 9 == 0 ? '"' + "y".repeat(70_000) + '"' : "1")
                            .build())
                .toList(),
            call());
    Optional<Anchor> middle =
        list(20, Long.MAX_VALUE / 2, Optional.empty())
            .after()
            .map(cursor -> new Anchor(Anchor.Side.AFTER, cursor));

    for (Optional<Anchor> anchor : java.util.List.of(Optional.<Anchor>empty(), middle)) {
      for (long budget = 500; budget < 800_000; budget += 1 + budget / 97) {
        Page<StoredStep> page = list(ROWS, budget, anchor);
        long bytes = StepEncoder.page(page).size();
        int rows = page.rows().size();

        assertThat(bytes <= budget || rows == 1).as("%s of %s bytes", bytes, budget).isTrue();
        if (page.after().isPresent()) {
          long more = StepEncoder.page(list(rows + 1, Long.MAX_VALUE / 2, anchor)).size();
          assertThat(more).as("one row more than %s in %s", rows, budget).isGreaterThan(budget);
        }
      }
    }
  }

  private Page<StoredStep> list(int limit, long budget, Optional<Anchor> anchor) {
    return new StepLister(store, store, budget)
        .list(new PageQuery<>(StepFilter.all("acme"), Direction.ASCENDING, anchor, limit), call());
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
