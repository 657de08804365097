package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.steps.StepsException.Reason.STEP_NOT_FOUND;
import static dev.workflowsteps.server.steps.StepsException.Reason.UNAVAILABLE;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.server.steps.Hydration.Hydrated;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The use case of reading: which rows a page holds, whether more follow, and the cursors of its
 * neighbours. Safe for use by many threads.
 */
public final class StepLister {

  private static final int MOST_TRIES = 4;

  private final StepStore store;
  private final StepRepair repair;
  private final Hydration hydration;
  private final long pageBytes;

  /**
   * @param pageBytes a page ends before its steps' encodings would pass this many bytes; it always
   *     holds one
   */
  public StepLister(StepStore store, PayloadStore payloads, long pageBytes) {
    this.store = store;
    this.repair = new StepRepair(store);
    this.hydration = new Hydration(payloads);
    this.pageBytes = pageBytes;
  }

  /**
   * A page of steps; empty if there are none at that place.
   *
   * @throws StepsException with the reasons of {@link StepStore}, and {@code CURSOR_NOT_FOUND},
   *     {@code CURSOR_AMBIGUOUS} or {@code CURSOR_FILTER_MISMATCH}
   */
  public Page<StoredStep> list(StepQuery query, Call call) {
    Optional<StepPosition> from = query.anchor().map(anchor -> position(anchor, query, call));
    // One row more than asked for tells whether there are more, at no cost that matters.
    StepScan scan =
        new StepScan(query.filter(), direction(query), from, query.limit() + 1, pageBytes);
    Supplier<Walk<StoredStep>> read =
        () -> Walk.of(store.scan(scan, call), query.limit(), pageBytes);
    Walk<StoredStep> walk = whole(query.filter().organizationId(), read, pageBytes, call);
    return Page.of(walk, query.anchor(), row -> cursor(query, row), row -> cursor(query, row));
  }

  /**
   * One step.
   *
   * @throws StepsException with the reasons of {@link StepStore}, and {@code STEP_NOT_FOUND} or
   *     {@code STEP_AMBIGUOUS}
   */
  public StoredStep get(String organizationId, String stepId, Optional<String> runId, Call call) {
    Supplier<Walk<StoredStep>> read =
        () -> new Walk<>(List.of(found(organizationId, stepId, runId, call)), false);
    return whole(organizationId, read, Limits.MAX_STEP_BYTES, call).nearest();
  }

  /** Rows with their payloads, as one moment had them. */
  private Walk<StoredStep> whole(
      String organizationId, Supplier<Walk<StoredStep>> stored, long most, Call call) {
    Supplier<Walk<StoredStep>> read = () -> repair.readable(organizationId, stored, most, call);
    Walk<StoredStep> walk = read.get();
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Hydrated hydrated = hydration.hydrate(organizationId, walk.rows(), most, call);
      if (hydrated.lacking().isEmpty()) {
        return new Walk<>(hydrated.rows(), walk.more());
      }
      // Either a payload is gone, or its step was written since the row was read.
      Walk<StoredStep> again = read.get();
      if (holds(again, hydrated.lacking())) {
        return new Walk<>(hydrated.rows(), walk.more());
      }
      walk = again;
    }
    throw new StepsException(
        UNAVAILABLE, "the steps are written more often than their payloads can be read");
  }

  /** Whether rows are in a walk, just as they are. */
  private static boolean holds(Walk<StoredStep> walk, List<StoredStep> rows) {
    return rows.stream().allMatch(row -> walk.rows().stream().anyMatch(row::sameAs));
  }

  private StoredStep found(
      String organizationId, String stepId, Optional<String> runId, Call call) {
    List<StoredStep> found = store.find(organizationId, stepId, runId, 2, call);
    if (found.isEmpty()) {
      throw new StepsException(
          STEP_NOT_FOUND, "Step does not match a resource in this organization.");
    }
    if (found.size() > 1) {
      throw Refusals.ambiguousStep(stepId);
    }
    return found.get(0);
  }

  /** A page before a cursor is walked away from it: against the list order. */
  private static Direction direction(StepQuery query) {
    return Anchor.isBefore(query.anchor()) ? query.order().reversed() : query.order();
  }

  private static String cursor(StepQuery query, StoredStep row) {
    return Cursors.of(row.position(), query.filter(), query.order());
  }

  private StepPosition position(Anchor anchor, StepQuery query, Call call) {
    Optional<Cursors.Token> token = Cursors.read(anchor.cursor());
    if (token.isEmpty()) {
      return plainPosition(anchor, query, call);
    }
    if (!token.get().isOf(query.filter())) {
      throw Refusals.cursorNotFound(anchor);
    }
    if (!token.get().isOf(query.filter(), query.order())) {
      throw Refusals.otherList(anchor, "other filters or another order");
    }
    return token.get().position();
  }

  private StepPosition plainPosition(Anchor anchor, StepQuery query, Call call) {
    StepFilter filter = query.filter();
    return Refusals.requireOne(
        anchor, store.positions(filter.organizationId(), anchor.cursor(), filter.runId(), 2, call));
  }
}
