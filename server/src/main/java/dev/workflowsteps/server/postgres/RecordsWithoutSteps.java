package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.util.List;

/**
 * Version 2: artifact records whose steps are not there come behind those of steps that have not
 * started. From here on, {@code sort_time} of an artifact is 9223372036854775806 for a step that
 * has not started, and 9223372036854775807 for no such step.
 */
final class RecordsWithoutSteps {

  static BatchedMigration migration(ProgressListener progress) {
    return new BatchedMigration(
        "2",
        "records without steps",
        "artifact",
        List.of("artifact_id"),
        RecordsWithoutSteps::change,
        progress);
  }

  private static Sql change(String organizationId, Sql rows) {
    // The lock keeps writers from putting the old value in meanwhile; reading goes on.
    return Sql.of("LOCK TABLE step, artifact IN SHARE ROW EXCLUSIVE MODE;\n")
        .add("UPDATE artifact SET sort_time = 9223372036854775806\nWHERE ")
        .add(rows)
        .add(
            """

              AND sort_time = 9223372036854775807
              AND EXISTS (SELECT FROM step s
                WHERE s.organization_id = ? AND s.run_id = artifact.run_id
                  AND s.step_id = artifact.step_id)""",
            organizationId);
  }

  private RecordsWithoutSteps() {}
}
