package dev.workflowsteps.server.artifacts;

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
    Optional<String> blockId) {

  /** The same list of one run. */
  ArtifactFilter inRun(String run) {
    return new ArtifactFilter(organizationId, Optional.of(run), stepId, operation, blockId);
  }
}
