package dev.workflowsteps.server.steps;

import java.util.List;
import java.util.Optional;

/**
 * A page in list order, and the cursors of its neighbours.
 *
 * @param before for the page that ends just before this one
 * @param after for the page that begins just after this one; absent = nothing follows
 */
public record Page(List<StoredStep> steps, Optional<String> before, Optional<String> after) {

  static final Page EMPTY = new Page(List.of(), Optional.empty(), Optional.empty());

  /** The length of the encodings of all steps, in bytes. */
  public long bytes() {
    return steps.stream().mapToLong(StoredStep::size).sum();
  }
}
