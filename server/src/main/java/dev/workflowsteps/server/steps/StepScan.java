package dev.workflowsteps.server.steps;

import java.util.Optional;

/**
 * What a page asks a storage for: the first rows beyond a position, walking one way.
 *
 * @param from rows strictly beyond this, in the walking direction; absent = from the end of the
 *     list
 * @param rows the most rows to give; 1 or more
 * @param bytes a storage may end with the row that makes the sizes of all exceed this, but not with
 *     the first row of several
 */
public record StepScan(
    StepFilter filter, Direction direction, Optional<StepPosition> from, int rows, long bytes) {}
