package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.ListFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which records a list holds. All parts hold together.
 *
 * @param blockId of the producing step, or its step id
 */
public record ArtifactFilter(
    String organizationId,
    Optional<String> runId,
    Optional<String> stepId,
    Optional<String> operation,
    Optional<String> blockId)
    implements ListFilter {

  /** Every record of an organization. */
  public static ArtifactFilter all(String organizationId) {
    return new ArtifactFilter(
        organizationId, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public ArtifactFilter withRunId(Optional<String> runId) {
    return new ArtifactFilter(organizationId, runId, stepId, operation, blockId);
  }

  public ArtifactFilter withStepId(Optional<String> stepId) {
    return new ArtifactFilter(organizationId, runId, stepId, operation, blockId);
  }

  public ArtifactFilter withOperation(Optional<String> operation) {
    return new ArtifactFilter(organizationId, runId, stepId, operation, blockId);
  }

  public ArtifactFilter withBlockId(Optional<String> blockId) {
    return new ArtifactFilter(organizationId, runId, stepId, operation, blockId);
  }

  @Override
  public List<List<String>> tokenScope(Direction order) {
    List<List<String>> scope = new ArrayList<>();
    // Version 2: in the first, records of unstarted steps were sorted with those without a step.
    scope.add(List.of("artifacts", "2"));
    scope.add(runId.stream().toList());
    scope.add(stepId.stream().toList());
    scope.add(operation.stream().toList());
    scope.add(blockId.stream().toList());
    if (order != Direction.ASCENDING) {
      scope.add(List.of(order.name()));
    }
    return scope;
  }
}
