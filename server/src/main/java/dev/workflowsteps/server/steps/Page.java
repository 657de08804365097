package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.steps.StepQuery.Anchor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page in list order, and the cursors of its neighbours.
 *
 * @param before for the page that ends just before this one
 * @param after for the page that begins just after this one; absent = nothing follows
 */
public record Page<R extends Sized>(List<R> rows, Optional<String> before, Optional<String> after) {

  public static <R extends Sized> Page<R> empty() {
    return new Page<>(List.of(), Optional.empty(), Optional.empty());
  }

  /**
   * The page that a walk gave.
   *
   * @param anchor where the walk began; absent = at the list's beginning
   * @param nearest gives the cursor of the row that the walk began with
   * @param farthest gives that of the row that it ended with
   */
  public static <R extends Sized> Page<R> of(
      Walk<R> walk,
      Optional<Anchor> anchor,
      Function<R, String> nearest,
      Function<R, String> farthest) {
    if (walk.rows().isEmpty()) {
      return empty();
    }
    Optional<String> here = anchor.map(asked -> nearest.apply(walk.nearest()));
    Optional<String> beyond =
        walk.more() ? Optional.of(farthest.apply(walk.farthest())) : Optional.empty();
    return Anchor.isBefore(anchor)
        ? new Page<>(walk.reversed(), beyond, here)
        : new Page<>(walk.rows(), here, beyond);
  }
}
