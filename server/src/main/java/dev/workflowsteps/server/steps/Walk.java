package dev.workflowsteps.server.steps;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rows of a page in the order in which they were walked, and whether more lie beyond them.
 *
 * @param more whether the walk could have gone on
 */
public record Walk<R extends Sized>(List<R> rows, boolean more) {

  /**
   * Cuts what a scan gave, at its far end, to a number of rows and of bytes; one row stays whatever
   * its size.
   */
  public static <R extends Sized> Walk<R> of(List<R> scanned, int most, long mostBytes) {
    int count = 0;
    long bytes = 0;
    while (count < Math.min(most, scanned.size())) {
      bytes += scanned.get(count).size();
      if (count > 0 && bytes > mostBytes) {
        break;
      }
      count++;
    }
    return new Walk<>(scanned.subList(0, count), count < scanned.size());
  }

  /** The same with no more bytes than these; one row stays whatever its size. */
  Walk<R> cut(long mostBytes) {
    Walk<R> cut = of(rows, rows.size(), mostBytes);
    return new Walk<>(cut.rows, more || cut.more);
  }

  public R nearest() {
    return rows.get(0);
  }

  public R farthest() {
    return rows.get(rows.size() - 1);
  }

  public List<R> reversed() {
    List<R> reversed = new ArrayList<>(rows);
    Collections.reverse(reversed);
    return reversed;
  }
}
