package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.StoredArtifact;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepPosition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads artifact records from PostgreSQL, as the role that may do nothing else. */
final class PostgresArtifactStore implements ArtifactStore {

  private static final String ROW = "sort_time, step_id, run_id, artifact_id, operation, record";

  private static final String SIZE = "octet_length(record)";

  static final String FIND =
      """
      SELECT sort_time, step_id, run_id, artifact_id, operation, record
      FROM artifact
      WHERE organization_id = ? AND artifact_id = ?""";

  /** Of several records of one step its place is told once; see {@link ArtifactPosition#of}. */
  static final String STEPS =
      """
      (SELECT least(sort_time, 9223372036854775806) AS sort_time, step_id, run_id FROM step
        WHERE organization_id = ? AND step_id = ? LIMIT ?)
      UNION
      (SELECT DISTINCT sort_time, step_id, run_id FROM artifact
        WHERE organization_id = ? AND step_id = ? ORDER BY run_id, sort_time LIMIT ?)
      LIMIT ?""";

  static final String STEPS_IN_RUN =
      """
      (SELECT least(sort_time, 9223372036854775806) AS sort_time, step_id, run_id
        FROM step WHERE organization_id = ? AND run_id = ? AND step_id BETWEEN ? AND ? LIMIT 1)
      UNION
      SELECT sort_time, step_id, run_id
      FROM artifact WHERE organization_id = ? AND step_id = ? AND run_id = ?
      LIMIT ?""";

  private final ReaderSession session;

  PostgresArtifactStore(ReaderSession session) {
    this.session = session;
  }

  @Override
  public List<StoredArtifact> scan(Scan<ArtifactFilter, ArtifactPosition> scan, Call call) {
    return ask(scan.filter().organizationId(), page(scan), call);
  }

  @Override
  public Optional<StoredArtifact> find(String organizationId, String artifactId, Call call) {
    Sql find = Sql.of(FIND, organizationId, artifactId);
    return ask(organizationId, find, call).stream().findFirst();
  }

  @Override
  public List<StoredArtifact> byId(
      String organizationId, Optional<String> after, int rows, long bytes, Call call) {
    return ask(organizationId, byId(organizationId, after, rows, bytes), call);
  }

  @Override
  public List<StepPosition> steps(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    return session.ask(
        organizationId,
        runId
            .map(run -> stepsInRun(organizationId, stepId, run, most))
            .orElseGet(() -> steps(organizationId, stepId, most)),
        Rows.each(PostgresStepStore::position),
        call);
  }

  private static Sql steps(String organization, String step, int most) {
    return Sql.of(STEPS, organization, step, most, organization, step, most, most);
  }

  private static Sql stepsInRun(String organization, String step, String run, int most) {
    return Sql.of(STEPS_IN_RUN, organization, run, step, step, organization, step, run, most);
  }

  private List<StoredArtifact> ask(String organizationId, Sql sql, Call call) {
    return session.ask(organizationId, sql, Rows.each(PostgresArtifactStore::artifact), call);
  }

  static Sql page(Scan<ArtifactFilter, ArtifactPosition> scan) {
    boolean ascending = scan.direction() == Direction.ASCENDING;
    String orderBy =
        "ORDER BY sort_time WAY, step_id WAY, artifact_id WAY"
            .replace("WAY", ascending ? "ASC" : "DESC");
    ArtifactFilter filter = scan.filter();
    Sql rows =
        Sql.of(
            "SELECT " + ROW + "\n  FROM artifact\n  WHERE organization_id = ? AND run_id = ?",
            filter.organizationId(),
            filter.runId().orElseThrow());
    rows.andEqual("step_id", filter.stepId()).andEqual("operation", filter.operation());
    filter
        .blockId()
        .ifPresent(block -> rows.add("\n    AND (block_id = ? OR step_id = ?)", block, block));
    scan.from()
        .ifPresent(
            from ->
                rows.add(
                    "\n    AND (sort_time, step_id, artifact_id) "
                        + (ascending ? ">" : "<")
                        + " (?, ?, ?)",
                    from.step().sortTime(),
                    from.step().stepId(),
                    from.artifactId()));
    rows.add("\n  " + orderBy + "\n  LIMIT ?", scan.rows());
    return ByteBudget.cut(rows, ROW, SIZE, orderBy, scan.bytes(), 1);
  }

  static Sql byId(String organizationId, Optional<String> after, int rows, long bytes) {
    String orderBy = "ORDER BY artifact_id";
    Sql byId =
        Sql.of("SELECT " + ROW + "\n  FROM artifact\n  WHERE organization_id = ?", organizationId);
    after.ifPresent(id -> byId.add("\n    AND artifact_id > ?", id));
    byId.add("\n  " + orderBy + "\n  LIMIT ?", rows);
    return ByteBudget.cut(byId, ROW, SIZE, orderBy, bytes, 0);
  }

  private static StoredArtifact artifact(ResultSet row) throws SQLException {
    ArtifactPosition position =
        new ArtifactPosition(PostgresStepStore.position(row), row.getString(4));
    return new StoredArtifact(position, row.getString(5), row.getBytes(6));
  }
}
