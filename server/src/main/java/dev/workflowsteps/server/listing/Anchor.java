package dev.workflowsteps.server.listing;

import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_AMBIGUOUS;
import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_FILTER_MISMATCH;
import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_NOT_FOUND;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Given;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import java.util.List;

/**
 * The cursor beside which a page lies.
 *
 * @param cursor a {@link PageToken}, or a step id
 */
public record Anchor(Side side, String cursor) {

  /** The side of the cursor on which the page lies. */
  public enum Side {
    /** The page ends just before the cursor's row. */
    BEFORE,
    /** The page begins just after the cursor's row. */
    AFTER
  }

  /** The parameter in which it was given. */
  public String field() {
    return side == Side.BEFORE ? "before" : "after";
  }

  /**
   * The one position that a plain cursor names.
   *
   * @param found the positions of that step id, two of them if there are more
   * @throws FailedCallException if there is none, or more than one
   */
  public <P> P requireOne(List<P> found) {
    if (found.isEmpty()) {
      throw notFound();
    }
    if (found.size() > 1) {
      throw rejected(
          CURSOR_AMBIGUOUS,
          field()
              + ": "
              + Quote.text(cursor)
              + " is in several runs; pass run_id, or the cursor from list_metadata");
    }
    return found.get(0);
  }

  /** It names nothing in the organization. */
  FailedCallException notFound() {
    return rejected(
        CURSOR_NOT_FOUND,
        "Cursor does not match a resource in this organization. It may be stale, malformed, or"
            + " belong to a different scope.");
  }

  /** Its list has other filters or another order than the one that is asked for. */
  FailedCallException ofAnotherList() {
    return rejected(
        CURSOR_FILTER_MISMATCH,
        field()
            + ": the cursor belongs to a list with other filters or another order (expected: the"
            + " same ones; only limit may change)");
  }

  private FailedCallException rejected(Reason reason, String message) {
    return new FailedCallException(reason, message, new Given(field(), cursor));
  }
}
