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
   * @throws FailedCallException with {@code NOT_MIGRATED} if the scan is by {@code ended_at}, which
   *     some of the organization's steps lack: a server of an earlier version wrote them
   */
  List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call);

  /**
   * Steps with this id, in no order, at most {@code most} of them: in the run, if one is given,
   * else in the whole organization. Empty if there is none.
   */
  List<StoredStep> find(
      String organizationId, String stepId, Optional<String> runId, int most, Call call);

  /** As {@link #find}, but where they stand in lists that are sorted by a time only. */
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
  List<DescribedStep> describe(String organizationId, Collection<StepKey> keys, Call call);
}
