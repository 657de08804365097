package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.ListFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which steps of one organization a list holds, what it is sorted by, and what of each step is
 * read. All conditions hold together.
 *
 * @param blockTypes any of these; empty = all; sorted, without duplicates
 * @param statuses any of these; empty = all; sorted, without duplicates
 * @param excludedStatuses none of these; sorted, without duplicates; empty if {@code statuses} is
 *     not
 * @param times of the time that the list is sorted by; empty = all, also steps without it
 */
public record StepFilter(
    String organizationId,
    Optional<String> runId,
    Optional<String> workflowId,
    Optional<String> blockId,
    Optional<String> stepId,
    List<String> blockTypes,
    List<String> statuses,
    List<String> excludedStatuses,
    SortBy sortBy,
    Optional<TimeRange> times,
    View view)
    implements ListFilter {

  /** Every step of an organization. */
  public static StepFilter all(String organizationId) {
    return new StepFilter(
        organizationId,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        SortBy.STARTED_AT,
        Optional.empty(),
        View.FULL);
  }

  /** Every step of a run. */
  public static StepFilter run(String organizationId, String runId) {
    return all(organizationId).withRunId(Optional.of(runId));
  }

  public StepFilter withRunId(Optional<String> runId) {
    return with(changed -> changed.runId = runId);
  }

  public StepFilter withWorkflowId(Optional<String> workflowId) {
    return with(changed -> changed.workflowId = workflowId);
  }

  public StepFilter withBlockId(Optional<String> blockId) {
    return with(changed -> changed.blockId = blockId);
  }

  public StepFilter withStepId(Optional<String> stepId) {
    return with(changed -> changed.stepId = stepId);
  }

  public StepFilter withBlockTypes(List<String> blockTypes) {
    return with(changed -> changed.blockTypes = blockTypes);
  }

  public StepFilter withStatuses(List<String> statuses) {
    return with(changed -> changed.statuses = statuses);
  }

  public StepFilter withExcludedStatuses(List<String> excludedStatuses) {
    return with(changed -> changed.excludedStatuses = excludedStatuses);
  }

  public StepFilter withSortBy(SortBy sortBy) {
    return with(changed -> changed.sortBy = sortBy);
  }

  public StepFilter withTimes(Optional<TimeRange> times) {
    return with(changed -> changed.times = times);
  }

  public StepFilter withView(View view) {
    return with(changed -> changed.view = view);
  }

  private StepFilter with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.filter();
  }

  /** A filter that is being changed. */
  private static final class Parts {
    final String organizationId;
    Optional<String> runId;
    Optional<String> workflowId;
    Optional<String> blockId;
    Optional<String> stepId;
    List<String> blockTypes;
    List<String> statuses;
    List<String> excludedStatuses;
    SortBy sortBy;
    Optional<TimeRange> times;
    View view;

    Parts(StepFilter filter) {
      organizationId = filter.organizationId;
      runId = filter.runId;
      workflowId = filter.workflowId;
      blockId = filter.blockId;
      stepId = filter.stepId;
      blockTypes = filter.blockTypes;
      statuses = filter.statuses;
      excludedStatuses = filter.excludedStatuses;
      sortBy = filter.sortBy;
      times = filter.times;
      view = filter.view;
    }

    StepFilter filter() {
      return new StepFilter(
          organizationId,
          runId,
          workflowId,
          blockId,
          stepId,
          blockTypes,
          statuses,
          excludedStatuses,
          sortBy,
          times,
          view);
    }
  }

  /** Whether the list has steps in a state, as far as that decides. */
  public boolean hasStatus(String status) {
    return statuses.isEmpty() ? !excludedStatuses.contains(status) : statuses.contains(status);
  }

  @Override
  public List<List<String>> tokenScope(Direction order) {
    List<List<String>> scope = new ArrayList<>();
    scope.add(List.of(order.name()));
    scope.add(runId.stream().toList());
    scope.add(workflowId.stream().toList());
    scope.add(blockId.stream().toList());
    scope.add(stepId.stream().toList());
    scope.add(blockTypes);
    scope.add(statuses);
    if (!excludedStatuses.isEmpty()) {
      scope.add(List.of("exclude_status"));
      scope.add(excludedStatuses);
    }
    if (sortBy != SortBy.STARTED_AT) {
      scope.add(List.of("sort_by", sortBy.name()));
    }
    times.ifPresent(
        range ->
            scope.add(List.of("times", Long.toString(range.from()), Long.toString(range.to()))));
    return List.copyOf(scope);
  }
}
