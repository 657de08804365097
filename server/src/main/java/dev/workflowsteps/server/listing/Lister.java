package dev.workflowsteps.server.listing;

import com.google.common.collect.Lists;
import dev.workflowsteps.server.call.Call;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The use case of reading a list: which rows a page holds, whether more follow, and the cursors of
 * its neighbours. Safe for use by many threads.
 *
 * @param <F> which rows a list holds
 * @param <P> a row's place in the order
 * @param <R> a row
 */
public abstract class Lister<F extends ListFilter, P extends Position, R extends Row<P>> {

  /** More than the cursors of a page ever take: two tokens of three ids of 256 bytes. */
  private static final long MOST_METADATA_BYTES = 4 << 10;

  private final int tokenIds;
  private final long pageBytes;

  /**
   * @param tokenIds how many ids a position has
   * @param pageBytes a page ends before its response would have more bytes than this, but it always
   *     holds one row
   */
  protected Lister(int tokenIds, long pageBytes) {
    this.tokenIds = tokenIds;
    this.pageBytes = pageBytes;
  }

  /**
   * A page; empty if there are no rows at that place.
   *
   * @throws dev.workflowsteps.server.call.FailedCallException with the reasons of the storage, and
   *     {@code CURSOR_NOT_FOUND}, {@code CURSOR_AMBIGUOUS} or {@code CURSOR_FILTER_MISMATCH}
   */
  public final Page<R> list(PageQuery<F> query, Call call) {
    Optional<F> filter = resolve(query.filter(), call);
    Optional<P> from = query.anchor().map(anchor -> position(anchor, query, call));
    if (filter.isEmpty()) {
      return Page.empty();
    }
    // One row more than the page may hold shows whether more follow.
    Scan<F, P> scan =
        new Scan<>(filter.get(), query.direction(), from, query.limit() + 1, pageBytes);
    Slice<R> slice = complete(query.filter(), () -> slice(scan(scan, call), query, from), call);
    return page(slice, query, from);
  }

  /**
   * The filter that the storage is asked with; empty if no row can pass it. Asked before the cursor
   * is looked at.
   */
  protected Optional<F> resolve(F filter, Call call) {
    return Optional.of(filter);
  }

  /** The rows of a scan. */
  protected abstract List<R> scan(Scan<F, P> scan, Call call);

  /** The rows of a slice as they are sent; {@code read} may be asked several times. */
  protected Slice<R> complete(F filter, Supplier<Slice<R>> read, Call call) {
    return read.get();
  }

  /** The position that a token names. */
  protected abstract P position(PageToken token);

  /** The position that a plain step id names, as a cursor. */
  protected abstract P plainPosition(Anchor anchor, PageQuery<F> query, Call call);

  /**
   * Whether the step id alone marks the edge of a page, in the list of a run.
   *
   * @param row at the edge
   * @param beyond what lies on the other side of the edge, if anything does
   */
  protected abstract boolean isMarkedByStepId(P row, Optional<P> beyond);

  private P position(Anchor anchor, PageQuery<F> query, Call call) {
    Optional<PageToken> token = PageToken.read(anchor.cursor(), tokenIds);
    if (token.isEmpty()) {
      return plainPosition(anchor, query, call);
    }
    if (!token.get().isOf(query.filter().organizationId())) {
      throw anchor.notFound();
    }
    if (!token.get().isOf(query.filter().tokenScope(query.order()))) {
      throw anchor.ofAnotherList();
    }
    return position(token.get());
  }

  /** The most rows whose response has no more bytes than a page may; at least one. */
  private Slice<R> slice(List<R> read, PageQuery<F> query, Optional<P> from) {
    int count = 0;
    long bytes = 0;
    while (count < Math.min(query.limit(), read.size())) {
      bytes += read.get(count).size();
      if (count > 0 && bytes > pageBytes) {
        bytes -= read.get(count).size();
        break;
      }
      count++;
    }
    Slice<R> slice = first(read, count, pageBytes);
    // The cursors are made only where they decide.
    while (count > 0 && bytes + MOST_METADATA_BYTES > pageBytes) {
      long left = pageBytes - Row.framed(page(slice, query, from).metadata().getSerializedSize());
      if (bytes <= left || count == 1) {
        return first(read, count, left);
      }
      count--;
      bytes -= read.get(count).size();
      slice = first(read, count, pageBytes);
    }
    return slice;
  }

  private static <R> Slice<R> first(List<R> read, int count, long maxBytes) {
    Optional<R> next = count < read.size() ? Optional.of(read.get(count)) : Optional.empty();
    return new Slice<>(read.subList(0, count), next, maxBytes);
  }

  private Page<R> page(Slice<R> slice, PageQuery<F> query, Optional<P> from) {
    if (slice.rows().isEmpty()) {
      return Page.empty();
    }
    Optional<String> near =
        query.anchor().map(asked -> cursor(query, slice.first().position(), from));
    Optional<String> far =
        slice
            .next()
            .map(next -> cursor(query, slice.last().position(), Optional.of(next.position())));
    return query.isBackwards()
        ? new Page<>(Lists.reverse(slice.rows()), far, near)
        : new Page<>(slice.rows(), near, far);
  }

  /**
   * The cursor of a row at the edge of a page: its plain step id inside a run once the step has the
   * time that the list is sorted by, otherwise a token. A step without it moves when it gets one,
   * so its id would not keep the place.
   */
  private String cursor(PageQuery<F> query, P row, Optional<P> beyond) {
    String stepId = row.ids().get(0);
    boolean plain =
        query.filter().runId().isPresent()
            && row.hasTime()
            && isMarkedByStepId(row, beyond)
            && PageToken.read(stepId, tokenIds).isEmpty();
    return plain
        ? stepId
        : PageToken.write(
            query.filter().organizationId(),
            query.filter().tokenScope(query.order()),
            row.sortTime(),
            row.ids());
  }
}
