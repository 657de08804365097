package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.util.List;
import java.util.Optional;

/** The migrations that build the indexes of steps which db/migration doesn't hold. */
final class StepIndexes {

  /** Of the lists by end, what is compared behind the order. */
  private static final String BLOCK_AND_TYPE = "hashtext(block_id), hashtext(block_type)";

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
            "(organization_id, status, ended_at, step_id, run_id, "
                + BLOCK_AND_TYPE
                + ") WHERE "
                + StepRanges.ENDED,
            progress),
        index(
            "6.3",
            "step_of_workflow_ended",
            "(organization_id, hashtext(workflow_id), status, ended_at, step_id, run_id, "
                + BLOCK_AND_TYPE
                + ") WHERE "
                + StepRanges.ENDED,
            progress),
        index(
            "6.4",
            "step_under_way",
            "(organization_id, ended_at, step_id, run_id, status, hashtext(workflow_id), "
                + BLOCK_AND_TYPE
                + ") WHERE "
                + StepRanges.UNDER_WAY,
            progress),
        replacement(
            "6.5",
            "step_by_block",
            "(organization_id, block_id, status, sort_time, step_id, run_id,"
                + " hashtext(block_type), hashtext(workflow_id))",
            "step_of_block",
            progress),
        replacement(
            "6.6",
            "step_by_id",
            "(organization_id, step_id, status, sort_time, run_id, hashtext(workflow_id))",
            "step_of_id",
            progress),
        replacement(
            "6.7",
            "step_by_run",
            "(organization_id, run_id, sort_time, step_id, status, block_type, hashtext(block_id))",
            "step_of_run",
            progress));
  }

  private static LargeMigration index(
      String version, String name, String definition, ProgressListener progress) {
    return new ConcurrentIndex(version, name, "step " + definition, progress);
  }

  private static LargeMigration replacement(
      String version, String name, String definition, String replaced, ProgressListener progress) {
    return new ConcurrentIndex(
        version, name, "step " + definition, Optional.of(replaced), progress);
  }

  private StepIndexes() {}
}
