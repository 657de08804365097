package dev.workflowsteps.server.listing;

import java.util.Optional;

/**
 * What a page asks a storage for: the first rows beyond a position, in one direction.
 *
 * @param from rows strictly beyond this, in the direction; absent = from the end of the list
 * @param rows the most rows to return; 1 or more
 * @param bytes a storage may end with the row that makes the sizes of all exceed this, but not with
 *     the first row of several
 */
public record Scan<F extends ListFilter, P>(
    F filter, Direction direction, Optional<P> from, int rows, long bytes) {}
