package dev.workflowsteps.server.listing;

import java.util.List;
import java.util.Optional;

/**
 * The rows of a page in the order in which they were read, and the row that follows them.
 *
 * @param maxBytes the most bytes that the rows may take in the response
 */
public record Slice<R>(List<R> rows, Optional<R> next, long maxBytes) {

  /** The same slice with other rows, as many. */
  public Slice<R> with(List<R> others) {
    return new Slice<>(others, next, maxBytes);
  }

  R first() {
    return rows.get(0);
  }

  R last() {
    return rows.get(rows.size() - 1);
  }
}
