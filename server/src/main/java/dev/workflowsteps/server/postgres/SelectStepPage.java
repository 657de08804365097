package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Direction;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepScan;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.StoredStep;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The page statement: one ordered range of an index, from a position on. Its cost is that of the
 * rows it gives, however many there are and however deep the position lies.
 *
 * <p>One text for each combination of run, position and direction, so that a connection prepares
 * few statements and keeps them.
 */
final class SelectStepPage {

  private final StepScan scan;
  private final Optional<StepPosition> from;

  SelectStepPage(StepScan scan) {
    requireKnown(scan.filter());
    this.scan = scan;
    this.from = scan.from();
  }

  String sql() {
    boolean run = scan.filter().runId().isPresent();
    // Inside a run the run id is no part of the order, nor of the index behind it.
    String key = run ? "sort_time, step_id" : "sort_time, step_id, run_id";
    String way = scan.direction() == Direction.ASCENDING ? "ASC" : "DESC";
    String beyond = scan.direction() == Direction.ASCENDING ? ">" : "<";
    StringBuilder sql = new StringBuilder();
    sql.append("SELECT sort_time, step_id, run_id, head, outputs, inputs\nFROM step\n");
    sql.append("WHERE organization_id = ?\n");
    if (run) {
      sql.append("  AND run_id = ?\n");
    }
    if (from.isPresent()) {
      String position = run ? "(?, ?)" : "(?, ?, ?)";
      sql.append("  AND (" + key + ") " + beyond + " " + position + "\n");
    }
    sql.append("ORDER BY " + key.replace(",", " " + way + ",") + " " + way + "\nLIMIT ?");
    return sql.toString();
  }

  void bind(PreparedStatement statement, int first) throws SQLException {
    int next = first;
    Optional<String> run = scan.filter().runId();
    statement.setString(next++, scan.filter().organizationId());
    if (run.isPresent()) {
      statement.setString(next++, run.get());
    }
    if (from.isPresent()) {
      statement.setLong(next++, from.get().sortTime());
      statement.setString(next++, from.get().stepId());
      if (run.isEmpty()) {
        statement.setString(next++, from.get().runId());
      }
    }
    statement.setInt(next, scan.rows());
  }

  static List<StoredStep> read(ResultSet rows) throws SQLException {
    List<StoredStep> steps = new ArrayList<>();
    while (rows.next()) {
      StepPosition position =
          new StepPosition(rows.getLong(1), rows.getString(2), rows.getString(3));
      steps.add(new StoredStep(position, rows.getBytes(4), rows.getBytes(5), rows.getBytes(6)));
    }
    return steps;
  }

  /** A filter that is not understood must never become a list that ignores it. */
  private static void requireKnown(StepFilter filter) {
    refuse("workflow_id", filter.workflowId().isPresent());
    refuse("block_id", filter.blockId().isPresent());
    refuse("step_id", filter.stepId().isPresent());
    refuse("block_type", !filter.blockTypes().isEmpty());
    refuse("status", !filter.statuses().isEmpty());
  }

  private static void refuse(String parameter, boolean given) {
    if (given) {
      throw new StepsException(
          StepsException.Reason.UNIMPLEMENTED,
          parameter + ": this version does not filter by it; leave it out");
    }
  }
}
