package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.util.List;

/** The migrations that build the indexes of steps which db/migration doesn't hold. */
final class StepIndexes {

  static List<LargeMigration> migrations(ProgressListener progress) {
    return List.of(
        // After the rows are filled: it stays small, and an update of what it indexes costs more.
        index(
            "5.2",
            "step_to_fill",
            "(organization_id, run_id, step_id) WHERE form_version = 1",
            progress),
        index(
            "6.1",
            "step_not_pending",
            "(organization_id, sort_time, step_id, run_id) WHERE " + StepRanges.NOT_PENDING,
            progress),
        index(
            "6.2",
            "step_ended",
            "(organization_id, status, ended_at, step_id, run_id, block_id, block_type) WHERE "
                + StepRanges.ENDED_OF_ALL,
            progress),
        index(
            "6.3",
            "step_of_workflow_ended",
            "(organization_id, workflow_id, status, ended_at, step_id, run_id) WHERE "
                + StepRanges.ENDED,
            progress),
        index(
            "6.4",
            "step_under_way",
            "(organization_id, status, ended_at, step_id, run_id, workflow_id) WHERE "
                + StepRanges.UNDER_WAY,
            progress));
  }

  private static LargeMigration index(
      String version, String name, String definition, ProgressListener progress) {
    return new ConcurrentIndex(version, name, "step " + definition, progress);
  }

  private StepIndexes() {}
}
