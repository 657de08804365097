package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.steps.StepsException.Reason.CURSOR_AMBIGUOUS;
import static dev.workflowsteps.server.steps.StepsException.Reason.CURSOR_FILTER_MISMATCH;
import static dev.workflowsteps.server.steps.StepsException.Reason.CURSOR_NOT_FOUND;
import static dev.workflowsteps.server.steps.StepsException.Reason.STEP_AMBIGUOUS;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import dev.workflowsteps.server.steps.StepsException.Given;
import java.util.List;

/** Why a list can't be answered, in the same words for every list. */
public final class Refusals {

  /** A cursor that names nothing in the organization, whatever was meant by it. */
  public static StepsException cursorNotFound(Anchor anchor) {
    return new StepsException(
        CURSOR_NOT_FOUND,
        "Cursor does not match a resource in this organization. It may be stale, malformed, or"
            + " belong to a different scope.",
        given(anchor));
  }

  /**
   * A cursor whose list differs from the one that is asked for.
   *
   * @param other what is not as it was in the list that gave the cursor
   */
  public static StepsException otherList(Anchor anchor, String other) {
    return new StepsException(
        CURSOR_FILTER_MISMATCH,
        anchor.field()
            + ": the cursor is of a list with "
            + other
            + " (expected: the same ones; only limit may change)",
        given(anchor));
  }

  public static StepsException ambiguousStep(String stepId) {
    return new StepsException(
        STEP_AMBIGUOUS,
        "step_id: " + Quote.text(stepId) + " is in several runs; pass run_id",
        new Given("step_id", stepId));
  }

  /**
   * The place that a plain cursor names.
   *
   * @param found the steps of that id, two of them if there are more
   * @throws StepsException if there is none, or more than one
   */
  public static StepPosition requireOne(Anchor anchor, List<StepPosition> found) {
    if (found.isEmpty()) {
      throw cursorNotFound(anchor);
    }
    if (found.size() > 1) {
      throw new StepsException(
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

  private Refusals() {}
}
