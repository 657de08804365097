package dev.workflowsteps.server.listing;

import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_AMBIGUOUS;
import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_FILTER_MISMATCH;
import static dev.workflowsteps.server.call.FailedCallException.Reason.CURSOR_NOT_FOUND;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Given;
import java.util.List;

/** Why a cursor is rejected, in the same words for every list. */
public final class CursorErrors {

  /** It names nothing in the organization. */
  static FailedCallException notFound(Anchor anchor) {
    return new FailedCallException(
        CURSOR_NOT_FOUND,
        "Cursor does not match a resource in this organization. It may be stale, malformed, or"
            + " belong to a different scope.",
        given(anchor));
  }

  /** Its list has other filters or another order than the one that is asked for. */
  static FailedCallException ofAnotherList(Anchor anchor) {
    return new FailedCallException(
        CURSOR_FILTER_MISMATCH,
        anchor.field()
            + ": the cursor belongs to a list with other filters or another order (expected: the"
            + " same ones; only limit may change)",
        given(anchor));
  }

  /**
   * The one position that a plain cursor names.
   *
   * @param found the positions of that step id, two of them if there are more
   * @throws FailedCallException if there is none, or more than one
   */
  public static <P> P requireOne(Anchor anchor, List<P> found) {
    if (found.isEmpty()) {
      throw notFound(anchor);
    }
    if (found.size() > 1) {
      throw new FailedCallException(
          CURSOR_AMBIGUOUS,
          anchor.field()
              + ": "
              + Quote.text(anchor.cursor())
              + " is in several runs; pass run_id, or the cursor from list_metadata",
          given(anchor));
    }
    return found.get(0);
  }

  private static Given given(Anchor anchor) {
    return new Given(anchor.field(), anchor.cursor());
  }

  private CursorErrors() {}
}
