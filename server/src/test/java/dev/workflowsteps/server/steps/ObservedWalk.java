package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.call.Call;
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
import java.util.Set;

/**
 * A walk from one end of a list to the other, each page held against the steps that stand when it
 * is asked for.
 */
final class ObservedWalk {

  /** Behind every step, and before every one. */
  private static final StepPosition LAST =
      new StepPosition(Long.MAX_VALUE, "\uDBFF\uDFFF".repeat(64), "\uDBFF\uDFFF".repeat(64));

  private static final StepPosition FIRST = new StepPosition(Long.MIN_VALUE, "", "");

  private final String name;
  private final StepLister lister;
  private final RandomSteps steps;
  private final StepFilter filter;
  private final Direction order;
  private final Side side;
  private final int limit;
  private final Direction way;
  private final List<StepKey> atFirst;

  private final Set<StepKey> answered = new HashSet<>();
  private final Set<String> cursors = new HashSet<>();
  private final Set<StepKey> plainCursors = new HashSet<>();
  private Optional<Anchor> anchor;
  private Optional<StepPosition> from;
  private int pages;

  ObservedWalk(
      String name,
      StepLister lister,
      RandomSteps steps,
      StepFilter filter,
      Direction order,
      Side side,
      int limit) {
    this.name = name;
    this.lister = lister;
    this.steps = steps;
    this.filter = filter;
    this.order = order;
    this.side = side;
    this.limit = limit;
    this.way = side == Side.AFTER ? order : order.reversed();
    this.atFirst = steps.matching(filter).stream().map(StepRecord::key).toList();
    this.from = side == Side.AFTER ? Optional.empty() : Optional.of(behind(order));
    this.anchor = from.map(end -> new Anchor(side, Cursors.token(end, filter, order)));
  }

  /** The place behind every step of a list. */
  static StepPosition behind(Direction order) {
    return order == Direction.ASCENDING ? LAST : FIRST;
  }

  /** Asks for the next page; false if it was the last. */
  boolean next() {
    List<StepRecord> beyond = beyond();
    Page<StoredStep> page = lister.list(new PageQuery<>(filter, order, anchor, limit), call());
    pages++;
    List<StepPosition> rows = rows(page);
    assertRows(rows, page, beyond);
    assertCursors(page, beyond.size() > rows.size());
    for (StepPosition row : rows) {
      StepKey key = new StepKey(row.runId(), row.stepId());
      assertThat(answered.add(key) || steps.isMoved(key)).as("%s: %s again", name, key).isTrue();
    }
    Optional<String> cursor = side == Side.AFTER ? page.after() : page.before();
    cursor.ifPresent(this::goOn);
    return cursor.isPresent();
  }

  void assertNothingSkipped() {
    List<StepKey> due = atFirst.stream().filter(steps::isUnchanged).toList();
    assertThat(answered).as(name).containsAll(due);
  }

  int pages() {
    return pages;
  }

  /** Where the next page begins. */
  Optional<StepPosition> cursorPosition() {
    return from;
  }

  /** The steps whose ids were given as cursors, which keep their place only while these do. */
  Set<StepKey> plainCursors() {
    return plainCursors;
  }

  private void goOn(String cursor) {
    assertThat(cursors.add(cursor)).as("%s: %s again", name, cursor).isTrue();
    StepPosition position = position(cursor);
    if (isPlain(cursor)) {
      plainCursors.add(new StepKey(position.runId(), position.stepId()));
    }
    anchor = Optional.of(new Anchor(side, cursor));
    from = Optional.of(position);
  }

  /** What stands on the way ahead. */
  private List<StepRecord> beyond() {
    List<StepRecord> beyond = new ArrayList<>(steps.matching(filter));
    if (way == Direction.DESCENDING) {
      Collections.reverse(beyond);
    }
    Comparator<StepPosition> onTheWay =
        way == Direction.ASCENDING ? RandomSteps.ORDER : RandomSteps.ORDER.reversed();
    from.ifPresent(
        position -> beyond.removeIf(row -> onTheWay.compare(row.position(), position) <= 0));
    return beyond;
  }

  private void assertRows(List<StepPosition> rows, Page<StoredStep> page, List<StepRecord> beyond) {
    List<StepRecord> expected = beyond.subList(0, Math.min(rows.size(), beyond.size()));
    assertThat(rows).as(name).isEqualTo(expected.stream().map(StepRecord::position).toList());
    assertThat(rows.size()).as(name).isLessThanOrEqualTo(limit);
    assertThat(rows.isEmpty()).as(name).isEqualTo(beyond.isEmpty());
    assertThat(page.rows().stream().map(row -> row.encoded().head()).toList())
        .as(name)
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(row -> row.encoded().head()).toList());
  }

  private void assertCursors(Page<StoredStep> page, boolean more) {
    List<StepPosition> positions = page.rows().stream().map(StoredStep::position).toList();
    boolean anything = !positions.isEmpty();
    boolean before = side == Side.BEFORE ? more : anything && anchor.isPresent();
    boolean after = side == Side.BEFORE ? anything : more;

    assertThat(page.before().map(this::position))
        .as("%s: before", name)
        .isEqualTo(before ? Optional.of(positions.get(0)) : Optional.empty());
    assertThat(page.after().map(this::position))
        .as("%s: after", name)
        .isEqualTo(after ? Optional.of(positions.get(positions.size() - 1)) : Optional.empty());
  }

  /** The rows of a page as they lie on the way. */
  private List<StepPosition> rows(Page<StoredStep> page) {
    List<StepPosition> rows =
        new ArrayList<>(page.rows().stream().map(StoredStep::position).toList());
    if (side == Side.BEFORE) {
      Collections.reverse(rows);
    }
    return rows;
  }

  private StepPosition position(String cursor) {
    return Cursors.read(cursor)
        .map(Cursors.Token::position)
        .orElseGet(() -> steps.position(filter.runId().orElseThrow(), cursor, filter.sortBy()));
  }

  private static boolean isPlain(String cursor) {
    return Cursors.read(cursor).isEmpty();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
