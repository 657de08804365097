package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.PageToken;
import dev.workflowsteps.server.ops.DataMeters;
import io.micrometer.core.instrument.Counter;

/** Counts the cursors that lists are asked for with, by their form. */
final class CursorCounters {

  private final Counter tokens;
  private final Counter stepIds;

  CursorCounters(DataMeters meters) {
    this.tokens = meters.cursors("token");
    this.stepIds = meters.cursors("step_id");
  }

  void count(PageQuery<?> query) {
    query
        .anchor()
        .ifPresent(
            anchor -> (PageToken.looksLikeOne(anchor.cursor()) ? tokens : stepIds).increment());
  }
}
