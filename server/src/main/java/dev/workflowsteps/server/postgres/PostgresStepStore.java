package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepScan;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StoredStep;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads steps from PostgreSQL, as the role that may do nothing else. */
final class PostgresStepStore implements StepStore {

  static final String FIND =
      """
      SELECT sort_time, step_id, run_id, head, outputs, inputs
      FROM step
      WHERE organization_id = ? AND step_id = ?
      ORDER BY sort_time, run_id
      LIMIT ?""";

  static final String FIND_IN_RUN =
      """
      SELECT sort_time, step_id, run_id, head, outputs, inputs
      FROM step
      WHERE organization_id = ? AND step_id = ? AND run_id = ?
      LIMIT ?""";

  static final String POSITIONS =
      """
      SELECT sort_time, step_id, run_id
      FROM step
      WHERE organization_id = ? AND step_id = ?
      ORDER BY sort_time, run_id
      LIMIT ?""";

  static final String POSITIONS_IN_RUN =
      """
      SELECT sort_time, step_id, run_id
      FROM step
      WHERE organization_id = ? AND step_id = ? AND run_id = ?
      LIMIT ?""";

  private final ReaderSession session;

  PostgresStepStore(ReaderSession session) {
    this.session = session;
  }

  @Override
  public List<StoredStep> scan(StepScan scan, Call call) {
    SelectStepPage page = new SelectStepPage(scan);
    return session.ask(
        scan.filter().organizationId(), page.sql(), page::bind, SelectStepPage::read, call);
  }

  @Override
  public List<StoredStep> find(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    return session.ask(
        organizationId,
        runId.isPresent() ? FIND_IN_RUN : FIND,
        (statement, first) -> bind(statement, first, organizationId, stepId, runId, most),
        SelectStepPage::read,
        call);
  }

  @Override
  public List<StepPosition> positions(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    return session.ask(
        organizationId,
        runId.isPresent() ? POSITIONS_IN_RUN : POSITIONS,
        (statement, first) -> bind(statement, first, organizationId, stepId, runId, most),
        PostgresStepStore::positions,
        call);
  }

  private static void bind(
      PreparedStatement statement,
      int first,
      String organizationId,
      String stepId,
      Optional<String> runId,
      int most)
      throws SQLException {
    int next = first;
    statement.setString(next++, organizationId);
    statement.setString(next++, stepId);
    if (runId.isPresent()) {
      statement.setString(next++, runId.get());
    }
    statement.setInt(next, most);
  }

  private static List<StepPosition> positions(ResultSet rows) throws SQLException {
    List<StepPosition> positions = new ArrayList<>();
    while (rows.next()) {
      positions.add(new StepPosition(rows.getLong(1), rows.getString(2), rows.getString(3)));
    }
    return positions;
  }
}
