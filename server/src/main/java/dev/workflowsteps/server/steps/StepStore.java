package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Scan;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where steps are read from. Implementations are safe for use by many threads; each call sees one
 * committed state.
 *
 * <p>Every method may throw {@link FailedCallException} with {@code UNAVAILABLE} (the storage is
 * not there, nothing is known about the rows), {@code DEADLINE_EXCEEDED} or {@code CANCELLED} (by
 * the {@link Call}).
 */
public interface StepStore {

  /**
   * The first rows of a scan, in walking order: ascending or descending {@link StepPosition}s.
   * Fewer than {@code scan.rows()}, with no more than {@code scan.bytes()} in all, means there are
   * no more; one row alone means so whatever its size. The cost depends on the number of rows, not
   * on how many the organization has nor on how deep the position lies.
   *
   * <p>In {@link View#BASIC} nothing is read of the payloads, here and in the other methods: the
   * rows have no outputs, no inputs and no external bytes, and their sizes are those of the rest.
   *
   * @throws FailedCallException with {@code NOT_MIGRATED} if the scan is by {@code ended_at}, which
   *     some of the organization's steps lack: a server of an earlier version wrote them
   */
  List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call);

  /** The most entries of an index that {@link #count} looks at for one state. */
  int MOST_COUNTED = 10_000;

  /**
   * How many of the filter's steps are in each of its states: all that there are, also those newer
   * than this server, less those that it doesn't ask for. In no order; a state without steps may be
   * left out. A count is exact unless {@link #MOST_COUNTED} entries were looked at for its state,
   * or for all states of a run together. Then it is a lower bound, also if there are no more.
   */
  List<StatusCount> count(StepFilter filter, Call call);

  /**
   * Steps with this id, in no order, at most {@code most} of them: in the run, if one is given,
   * else in the whole organization. Empty if there is none.
   */
  List<StoredStep> find(
      String organizationId, String stepId, Optional<String> runId, int most, View view, Call call);

  /**
   * As {@link #find}, but where they stand in lists that are sorted by a time only.
   *
   * @throws FailedCallException with {@code NOT_MIGRATED} as {@link #scan} does
   */
  List<StepPosition> positions(
      String organizationId,
      String stepId,
      Optional<String> runId,
      SortBy sortBy,
      int most,
      Call call);

  /**
   * Steps by their names with all that is known of them, in no order; those that are not there are
   * left out. Asked only for steps whose bytes can't be read.
   */
  List<DescribedStep> describe(
      String organizationId, Collection<StepKey> keys, View view, Call call);
}
