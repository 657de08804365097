package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.Row;

/** What tests ask of pages. */
final class Pages {

  /** The bytes that all rows take in a response. */
  static long bytes(Page<StoredStep> page) {
    return page.rows().stream().mapToLong(StoredStep::size).sum();
  }

  /** The length of the response with the page. */
  static long responseBytes(Page<StoredStep> page) {
    return bytes(page) + Row.framed(page.metadata().getSerializedSize());
  }

  private Pages() {}
}
