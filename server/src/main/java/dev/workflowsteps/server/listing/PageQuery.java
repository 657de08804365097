package dev.workflowsteps.server.listing;

import dev.workflowsteps.server.listing.Anchor.Side;
import java.util.Optional;

/**
 * A valid request for a page. Made once, at the edge; all later code trusts it.
 *
 * @param order the order of the list
 * @param anchor where the page lies; absent = at the list's beginning
 * @param limit the most rows, 1 or more
 */
public record PageQuery<F extends ListFilter>(
    F filter, Direction order, Optional<Anchor> anchor, int limit) {

  /** Whether the page lies before its cursor, and so is read against the order of the list. */
  boolean isBackwards() {
    return anchor.filter(cursor -> cursor.side() == Side.BEFORE).isPresent();
  }

  Direction direction() {
    return isBackwards() ? order.reversed() : order;
  }
}
