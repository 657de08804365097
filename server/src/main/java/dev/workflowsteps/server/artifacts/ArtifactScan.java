package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Direction;
import java.util.Optional;

/**
 * The rows of one run from one place on, in one direction.
 *
 * @param filter with a run
 * @param from exclusive; absent = from the list's end
 * @param rows the most
 * @param bytes rows behind the one with which their encodings pass this need not be given
 */
public record ArtifactScan(
    ArtifactFilter filter,
    Direction direction,
    Optional<ArtifactPosition> from,
    int rows,
    long bytes) {}
