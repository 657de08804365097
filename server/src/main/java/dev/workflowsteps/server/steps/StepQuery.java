package dev.workflowsteps.server.steps;

import java.util.Optional;

/**
 * A valid question for a page of steps. Made once, at the edge; all later code trusts it.
 *
 * @param order the order of the list
 * @param anchor where the page lies; absent = at the list's beginning
 * @param limit the most rows, 1 to {@value #MAX_LIMIT}
 */
public record StepQuery(StepFilter filter, Direction order, Optional<Anchor> anchor, int limit) {

  public static final int DEFAULT_LIMIT = 20;
  public static final int MAX_LIMIT = 1_000;

  /** Which side of the cursor the page lies on. */
  public enum Side {
    /** The page ends just before the cursor's row. */
    BEFORE,
    /** The page begins just after the cursor's row. */
    AFTER
  }

  /**
   * The cursor a page lies beside.
   *
   * @param cursor a token of {@link Cursors}, or a step id
   */
  public record Anchor(Side side, String cursor) {

    /**
     * Whether a page lies before its cursor, and so is walked to from there, against the list
     * order.
     */
    public static boolean isBefore(Optional<Anchor> anchor) {
      return anchor.filter(asked -> asked.side() == Side.BEFORE).isPresent();
    }

    /** The parameter that it was given in. */
    public String field() {
      return side == Side.BEFORE ? "before" : "after";
    }
  }
}
