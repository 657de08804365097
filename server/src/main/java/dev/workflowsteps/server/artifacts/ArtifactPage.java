package dev.workflowsteps.server.artifacts;

import java.util.List;
import java.util.Optional;

/**
 * A page in list order, and the cursors of its neighbours.
 *
 * @param before for the page that ends just before this one
 * @param after for the page that begins just after this one; absent = nothing follows
 */
public record ArtifactPage(
    List<StoredArtifact> artifacts, Optional<String> before, Optional<String> after) {

  static final ArtifactPage EMPTY = new ArtifactPage(List.of(), Optional.empty(), Optional.empty());
}
