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
import java.util.ArrayList;
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
      SELECT least(sort_time, 9223372036854775806) AS sort_time, step_id, run_id
      FROM step WHERE organization_id = ? AND step_id = ? AND run_id = ?
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
    return session.ask(
        scan.filter().organizationId(), page(scan), PostgresArtifactStore::artifacts, call);
  }

  @Override
  public Optional<StoredArtifact> find(String organizationId, String artifactId, Call call) {
    Sql find = Sql.of(FIND, organizationId, artifactId);
    return session.ask(organizationId, find, PostgresArtifactStore::artifacts, call).stream()
        .findFirst();
  }

  @Override
  public List<StoredArtifact> byId(
      String organizationId, Optional<String> after, int rows, long bytes, Call call) {
    return session.ask(
        organizationId,
        byId(organizationId, after, rows, bytes),
        PostgresArtifactStore::artifacts,
        call);
  }

  @Override
  public List<StepPosition> steps(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    Sql steps =
        runId
            .map(
                run ->
                    Sql.of(
                        STEPS_IN_RUN,
                        organizationId,
                        stepId,
                        run,
                        organizationId,
                        stepId,
                        run,
                        most))
            .orElseGet(
                () ->
                    Sql.of(
                        STEPS, organizationId, stepId, most, organizationId, stepId, most, most));
    return session.ask(organizationId, steps, PostgresStepStore::positions, call);
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
    filter.stepId().ifPresent(step -> rows.add("\n    AND step_id = ?", step));
    filter.operation().ifPresent(operation -> rows.add("\n    AND operation = ?", operation));
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

  private static List<StoredArtifact> artifacts(ResultSet rows) throws SQLException {
    List<StoredArtifact> artifacts = new ArrayList<>();
    while (rows.next()) {
      StepPosition step = new StepPosition(rows.getLong(1), rows.getString(2), rows.getString(3));
      artifacts.add(
          new StoredArtifact(
              new ArtifactPosition(step, rows.getString(4)), rows.getString(5), rows.getBytes(6)));
    }
    return artifacts;
  }
}
