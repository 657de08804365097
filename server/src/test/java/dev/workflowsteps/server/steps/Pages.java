package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What tests ask of pages. */
public final class Pages {

  /** The bytes that all rows take in a response. */
  static long bytes(Page<StoredStep> page) {
    return page.rows().stream().mapToLong(StoredStep::size).sum();
  }

  /** The length of the response with the page. */
  static long responseBytes(Page<StoredStep> page) {
    return bytes(page) + Row.framed(page.metadata().getSerializedSize());
  }

  /**
   * A walk from page to page until there is no cursor, none of which comes twice.
   *
   * @param side that the walk goes to
   * @param start where it begins; absent = at the list's beginning
   */
  public static <R> List<Page<R>> walk(
      Side side, Optional<Anchor> start, Function<Optional<Anchor>, Page<R>> list) {
    List<Page<R>> pages = new ArrayList<>();
    Set<String> cursors = new HashSet<>();
    Optional<Anchor> anchor = start;
    do {
      Page<R> page = list.apply(anchor);
      pages.add(page);
      Optional<String> cursor = side == Side.AFTER ? page.after() : page.before();
      cursor.ifPresent(c -> assertThat(cursors.add(c)).as("%s again", c).isTrue());
      anchor = cursor.map(c -> new Anchor(side, c));
    } while (anchor.isPresent());
    return pages;
  }

  /** All pages of a list of steps, from its beginning on. */
  static List<Page<StoredStep>> walk(
      StepLister lister, StepFilter filter, Direction order, int limit) {
    return walk(
        Side.AFTER,
        Optional.empty(),
        anchor ->
            lister.list(
                new PageQuery<>(filter, order, anchor, limit),
                Call.within(Duration.ofSeconds(30))));
  }

  /** The rows of pages, one after another. */
  static <R> List<R> rows(List<Page<R>> pages) {
    return pages.stream().flatMap(page -> page.rows().stream()).toList();
  }

  private Pages() {}
}
