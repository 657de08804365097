package dev.workflowsteps.server.listing;

import dev.workflowsteps.proto.v1.ListMetadata;
import java.util.List;
import java.util.Optional;

/**
 * A page in list order, and the cursors of its neighbours.
 *
 * @param before for the page that ends just before this one
 * @param after for the page that begins just after this one; absent = nothing follows
 */
public record Page<R>(List<R> rows, Optional<String> before, Optional<String> after) {

  public static <R> Page<R> empty() {
    return new Page<>(List.of(), Optional.empty(), Optional.empty());
  }

  /** The cursors, as they are sent. */
  public ListMetadata metadata() {
    ListMetadata.Builder metadata = ListMetadata.newBuilder();
    before.ifPresent(metadata::setBefore);
    after.ifPresent(metadata::setAfter);
    return metadata.build();
  }
}
