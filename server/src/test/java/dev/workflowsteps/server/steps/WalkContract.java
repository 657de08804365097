package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every walk over the pages of a list must keep, whatever happens to the steps between two
 * pages. Data, filters, limits and changes are drawn; a failure names its {@link Seed}.
 */
public abstract class WalkContract extends StoresContract {

  /** How many random lists are walked. */
  protected abstract int walks();

  /** Deletes a step that is there. */
  protected abstract void delete(String organizationId, StepKey key);

  @Test
  void walk_overStepsThatStand_givesEachOnce_bothWays() {
    long first = Seed.first();
    for (long seed = first; seed < first + walks(); seed++) {
      for (Side side : Side.values()) {
        walk(seed, side, 0);
      }
    }
  }

  @Test
  @Rule("walk")
  void walkForward_whileStepsChange_neitherSkipsNorRepeatsOneThatStands() {
    long first = Seed.first();
    for (long seed = first; seed < first + walks(); seed++) {
      walk(seed, Side.AFTER, 20);
    }
  }

  @Test
  void walkBackward_whileStepsChange_neitherSkipsNorRepeatsOneThatStands() {
    long first = Seed.first();
    for (long seed = first; seed < first + walks(); seed++) {
      walk(seed, Side.BEFORE, 20);
    }
  }

  @Test
  void plainCursor_ofADeletedStep_isNotFound() {
    String organization = organization();
    RandomSteps steps = steps(new Random(Seed.first()), organization);
    steps.insert(40);
    StepPosition started = steps.matching(StepFilter.all(organization)).get(0).position();
    PageQuery<StepFilter> query =
        new PageQuery<>(
            StepFilter.run(organization, started.runId()),
            Direction.ASCENDING,
            Optional.of(new Anchor(Side.AFTER, started.stepId())),
            5);
    lister(1_000_000).list(query, call());

    delete(organization, new StepKey(started.runId(), started.stepId()));

    assertThatThrownBy(() -> lister(1_000_000).list(query, call()))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.CURSOR_NOT_FOUND));
  }

  /** One walk over random data, with some random changes between any two pages. */
  private void walk(long seed, Side side, int mostChanges) {
    Random random = new Random(seed);
    String organization = organization();
    RandomSteps steps = steps(random, organization);
    steps.insert(random.nextInt(40));
    StepFilter filter = steps.filter();
    int rows = steps.matching(filter).size();
    List<Integer> limits = List.of(1, 2, 7, rows - 1, rows, rows + 1, 1_000);
    int limit = Math.max(1, limits.get(random.nextInt(limits.size())));
    Direction order = random.nextBoolean() ? Direction.ASCENDING : Direction.DESCENDING;
    long pageBytes = List.of(1, 1 + random.nextInt(1_000), 1_000_000).get(random.nextInt(3));
    String name = "seed " + seed + ", " + side + ' ' + order + " by " + limit + ", " + filter;

    ObservedWalk walk =
        new ObservedWalk(name, lister(pageBytes), steps, filter, order, side, limit);
    int changes = 0;
    while (walk.next()) {
      for (int i = random.nextInt(4); i > 0 && changes < mostChanges; i--, changes++) {
        steps.change(walk.cursorPosition(), walk.plainCursors(), filter.sortBy());
      }
      assertThat(walk.pages()).as(name).isLessThanOrEqualTo(rows + changes);
    }
    walk.assertNothingSkipped();
  }

  private RandomSteps steps(Random random, String organization) {
    return new RandomSteps(random, organization, writer(), key -> delete(organization, key));
  }

  private StepLister lister(long pageBytes) {
    return new StepLister(store(), payloads(), pageBytes);
  }

  private static String organization() {
    return "org-" + UUID.randomUUID();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
