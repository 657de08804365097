package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every walk over the pages of a list must keep, whatever happens to the steps between two
 * pages. Data, filters, limits and changes are drawn; a failure names its {@link Seed}.
 */
public abstract class WalkContract extends StoresContract {

  private static final int STANDING = 100;

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

  /** Each page in the middle of the writes of several others, with at least one before the next. */
  @Test
  @Rule({"walk", "sort-by"})
  void walks_besideWriters_giveEachStepThatStandsOnce_inOrder() throws Exception {
    long first = Seed.first();
    for (long seed = first; seed < first + Math.max(1, walks() / 20); seed++) {
      Random random = new Random(seed);
      String organization = organization();
      RandomSteps standing = steps(random, organization, "");
      standing.insert(STANDING);
      try (RandomWriters writers =
          new RandomWriters(seed, (own, suffix) -> steps(own, organization, suffix))) {
        for (StepFilter filter : filters(organization, standing)) {
          for (Direction order : Direction.values()) {
            for (Side side : Side.values()) {
              walkBeside(writers, standing, filter, order, side, 1 + random.nextInt(20));
            }
          }
        }
      }
    }
  }

  /**
   * Of both orders: everything, without some states, between two times, and any other. Cursors are
   * tokens in all of them, because no run is given.
   */
  private static List<StepFilter> filters(String organization, RandomSteps steps) {
    List<StepFilter> filters = new ArrayList<>();
    for (SortBy sortBy : SortBy.values()) {
      StepFilter all = StepFilter.all(organization).withSortBy(sortBy);
      filters.add(all);
      filters.add(all.withExcludedStatuses(List.of("cancelled", "completed", "running")));
      filters.add(all.withTimes(Optional.of(steps.timesInTheMiddle())));
      filters.add(
          steps
              .filter()
              .withRunId(Optional.empty())
              .withStepId(Optional.empty())
              .withSortBy(sortBy));
    }
    return filters;
  }

  private void walkBeside(
      RandomWriters writers,
      RandomSteps standing,
      StepFilter filter,
      Direction order,
      Side side,
      int limit)
      throws InterruptedException {
    String name = side + " " + order + " by " + limit + ", " + filter;
    List<StepPosition> expected = new ArrayList<>();
    standing.matching(filter).forEach(step -> expected.add(step.position()));
    Direction way = side == Side.AFTER ? order : order.reversed();
    if (way == Direction.DESCENDING) {
      Collections.reverse(expected);
    }
    StepLister lister = lister(1_000_000);
    List<StepPosition> seen = new ArrayList<>();
    Optional<String> cursor =
        side == Side.AFTER
            ? Optional.empty()
            : Optional.of(Cursors.token(ObservedWalk.behind(order), filter, order));
    do {
      Optional<Anchor> anchor = cursor.map(place -> new Anchor(side, place));
      Page<StoredStep> page = lister.list(new PageQuery<>(filter, order, anchor, limit), call());
      List<StepPosition> rows =
          new ArrayList<>(page.rows().stream().map(StoredStep::position).toList());
      if (side == Side.BEFORE) {
        Collections.reverse(rows);
      }
      seen.addAll(rows);
      cursor = side == Side.AFTER ? page.after() : page.before();
      writers.awaitChange();
    } while (cursor.isPresent());

    // Those that moved are never behind the cursor, either.
    assertThat(seen).as(name).isSortedAccordingTo(order(way)).doesNotHaveDuplicates();
    Set<StepPosition> all = new HashSet<>(expected);
    assertThat(seen.stream().filter(all::contains)).as(name).containsExactlyElementsOf(expected);
  }

  private static Comparator<StepPosition> order(Direction way) {
    return way == Direction.ASCENDING ? RandomSteps.ORDER : RandomSteps.ORDER.reversed();
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
    return steps(random, organization, "");
  }

  private RandomSteps steps(Random random, String organization, String suffix) {
    return new RandomSteps(
        random, organization, suffix, writer(), key -> delete(organization, key));
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
