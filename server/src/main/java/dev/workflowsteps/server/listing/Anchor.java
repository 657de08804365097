package dev.workflowsteps.server.listing;

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
}
