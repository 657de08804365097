package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Direction;
import java.util.Optional;

/**
 * The rows of one run from one place on, in one direction.
 *
 * @param filter with a run
 * @param from exclusive; absent = from the list's end
 * @param rows the most
 * @param bytes a storage may end with the row that makes the sizes of all exceed this, but not with
 *     the first one
 */
public record ArtifactScan(
    ArtifactFilter filter,
    Direction direction,
    Optional<ArtifactPosition> from,
    int rows,
    long bytes) {}
