package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.ListFilter;
import java.util.List;
import java.util.Optional;

/**
 * Which steps of one organization a list holds. All conditions hold together.
 *
 * @param blockTypes any of these; empty = all; sorted, without duplicates
 * @param statuses any of these; empty = all; sorted, without duplicates
 */
public record StepFilter(
    String organizationId,
    Optional<String> runId,
    Optional<String> workflowId,
    Optional<String> blockId,
    Optional<String> stepId,
    List<String> blockTypes,
    List<String> statuses)
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
        List.of());
  }

  /** Every step of a run. */
  public static StepFilter run(String organizationId, String runId) {
    return all(organizationId).withRunId(Optional.of(runId));
  }

  public StepFilter withRunId(Optional<String> runId) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  public StepFilter withWorkflowId(Optional<String> workflowId) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  public StepFilter withBlockId(Optional<String> blockId) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  public StepFilter withStepId(Optional<String> stepId) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  public StepFilter withBlockTypes(List<String> blockTypes) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  public StepFilter withStatuses(List<String> statuses) {
    return new StepFilter(organizationId, runId, workflowId, blockId, stepId, blockTypes, statuses);
  }

  @Override
  public List<List<String>> tokenScope(Direction order) {
    return List.of(
        List.of(order.name()),
        runId.stream().toList(),
        workflowId.stream().toList(),
        blockId.stream().toList(),
        stepId.stream().toList(),
        blockTypes,
        statuses);
  }
}
