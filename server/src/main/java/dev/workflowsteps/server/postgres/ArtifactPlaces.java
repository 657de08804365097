package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.steps.StepRecord;
import java.util.List;

/**
 * Copies the list position of steps that were just written ({@code sort_time}, {@code block_id})
 * into their artifact records.
 */
final class ArtifactPlaces {

  static final String FOLLOW =
      """
      UPDATE artifact a
      SET sort_time = k.sort_time, block_id = k.block_id
      FROM unnest(?, ?, ?, ?) AS k (run_id, step_id, sort_time, block_id)
      WHERE a.organization_id = ? AND a.run_id = k.run_id AND a.step_id = k.step_id
        AND (a.sort_time <> k.sort_time OR a.block_id IS NULL OR a.block_id <> k.block_id)""";

  static Sql follow(String organizationId, List<StepRecord> written) {
    return Sql.of(
        FOLLOW,
        Sql.texts(written, step -> step.position().runId()),
        Sql.texts(written, step -> step.position().stepId()),
        written.stream()
            .map(step -> ArtifactPosition.of(step.position()).sortTime())
            .toArray(Long[]::new),
        Sql.texts(written, StepRecord::blockId),
        organizationId);
  }

  private ArtifactPlaces() {}
}
