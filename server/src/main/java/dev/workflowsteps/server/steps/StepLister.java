package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.call.FailedCallException.Reason.STEP_AMBIGUOUS;
import static dev.workflowsteps.server.call.FailedCallException.Reason.STEP_NOT_FOUND;
import static dev.workflowsteps.server.call.FailedCallException.Reason.UNAVAILABLE;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Given;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Lister;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.PageToken;
import dev.workflowsteps.server.listing.Row;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.listing.Slice;
import dev.workflowsteps.server.steps.Hydration.Hydrated;
import dev.workflowsteps.server.steps.StepRepair.ReadableSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The use case of reading steps, each with its payloads. Safe for use by many threads. */
public final class StepLister extends Lister<StepFilter, StepPosition, StoredStep> {

  /** The step's and the run's. */
  private static final int IDS = 2;

  private static final int MOST_TRIES = 4;

  private final StepStore store;
  private final StepRepair repair;
  private final Hydration hydration;

  /**
   * @param pageBytes a page ends before its response would have more bytes than this, but it always
   *     holds one step
   */
  public StepLister(StepStore store, PayloadStore payloads, long pageBytes) {
    super(IDS, pageBytes);
    this.store = store;
    this.repair = new StepRepair(store);
    this.hydration = new Hydration(payloads);
  }

  /**
   * One step.
   *
   * @throws FailedCallException with the reasons of {@link StepStore}, and {@code STEP_NOT_FOUND}
   *     or {@code STEP_AMBIGUOUS}
   */
  public StoredStep get(
      String organizationId, String stepId, Optional<String> runId, View view, Call call) {
    Supplier<List<StoredStep>> found =
        () -> List.of(find(organizationId, stepId, runId, view, call));
    Supplier<Slice<StoredStep>> read =
        () ->
            new Slice<>(
                repair.readable(organizationId, SortBy.STARTED_AT, view, found, call).rows(),
                Optional.empty(),
                Row.framed(Limits.MAX_STEP_BYTES));
    return complete(organizationId, read, call).rows().get(0);
  }

  /**
   * How many steps a filter keeps.
   *
   * @throws FailedCallException with the reasons of {@link StepStore}
   */
  public StepCounts count(StepFilter filter, Call call) {
    return StepCounts.of(store.count(filter, call));
  }

  /** A step id in several runs, where one step is meant. */
  public static FailedCallException ambiguous(String stepId) {
    return new FailedCallException(
        STEP_AMBIGUOUS,
        "step_id: " + Quote.text(stepId) + " is in several runs; pass run_id",
        new Given("step_id", stepId));
  }

  /**
   * A storage ends a scan by the sizes of the rows as they are stored. Where these are larger than
   * what is sent (of broken rows, and of rows with external payloads), the scan goes on.
   */
  @Override
  protected List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
    List<StoredStep> rows = new ArrayList<>();
    long size = 0;
    Scan<StepFilter, StepPosition> rest = scan;
    while (true) {
      Scan<StepFilter, StepPosition> next = rest;
      ReadableSteps read =
          repair.readable(
              scan.filter().organizationId(),
              scan.filter().sortBy(),
              scan.filter().view(),
              () -> store.scan(next, call),
              call);
      boolean ended = read.rows().size() >= next.rows() || read.storedSize() <= next.bytes();
      if (rows.isEmpty() && ended) {
        return read.rows();
      }
      rows.addAll(read.rows());
      size += read.rows().stream().mapToLong(StoredStep::size).sum();
      if (ended || read.rows().isEmpty() || size > scan.bytes()) {
        return rows;
      }
      rest =
          new Scan<>(
              scan.filter(),
              scan.direction(),
              Optional.of(rows.get(rows.size() - 1).position()),
              scan.rows() - rows.size(),
              scan.bytes() - size);
    }
  }

  @Override
  protected Slice<StoredStep> complete(
      StepFilter filter, Supplier<Slice<StoredStep>> read, Call call) {
    return complete(filter.organizationId(), read, call);
  }

  @Override
  protected StepPosition position(PageToken token) {
    return new StepPosition(token.sortTime(), token.ids().get(0), token.ids().get(1));
  }

  @Override
  protected StepPosition plainPosition(Anchor anchor, PageQuery<StepFilter> query, Call call) {
    StepFilter filter = query.filter();
    return anchor.requireOne(
        store.positions(
            filter.organizationId(), anchor.cursor(), filter.runId(), filter.sortBy(), 2, call));
  }

  @Override
  protected boolean isMarkedByStepId(StepPosition row, Optional<StepPosition> beyond) {
    return true;
  }

  /** Rows with their payloads, as one moment had them. */
  private Slice<StoredStep> complete(
      String organizationId, Supplier<Slice<StoredStep>> read, Call call) {
    Slice<StoredStep> slice = read.get();
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Hydrated hydrated = hydration.hydrate(organizationId, slice.rows(), slice.maxBytes(), call);
      if (hydrated.lacking().isEmpty()) {
        return slice.with(hydrated.rows());
      }
      // Either a payload is gone, or its step was written since the row was read.
      Slice<StoredStep> again = read.get();
      if (holds(again, hydrated.lacking())) {
        return slice.with(hydrated.rows());
      }
      slice = again;
    }
    throw new FailedCallException(
        UNAVAILABLE, "the steps are written more often than their payloads can be read");
  }

  /** Whether the rows are in a slice, just as they are. */
  private static boolean holds(Slice<StoredStep> slice, List<StoredStep> rows) {
    return rows.stream().allMatch(row -> slice.rows().stream().anyMatch(row::sameAs));
  }

  private StoredStep find(
      String organizationId, String stepId, Optional<String> runId, View view, Call call) {
    List<StoredStep> found = store.find(organizationId, stepId, runId, 2, view, call);
    if (found.isEmpty()) {
      throw new FailedCallException(
          STEP_NOT_FOUND, "Step does not match a resource in this organization.");
    }
    if (found.size() > 1) {
      throw ambiguous(stepId);
    }
    return found.get(0);
  }
}
