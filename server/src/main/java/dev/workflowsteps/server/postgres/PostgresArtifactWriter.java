package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes artifact records to PostgreSQL: an upsert for each of the {@link Rounds}, in the order of
 * their ids.
 */
final class PostgresArtifactWriter implements ArtifactWriter {

  static final String UPSERT =
      """
      INSERT INTO artifact AS t
        (organization_id, artifact_id, operation, run_id, step_id, block_id, sort_time, record)
      SELECT ?, a.artifact_id, a.operation, a.run_id, a.step_id, coalesce(s.block_id, a.block_id),
        CASE WHEN s.sort_time IS NULL THEN 9223372036854775807
          ELSE least(s.sort_time, 9223372036854775806) END,
        a.record
      FROM unnest(?, ?, ?, ?, ?, ?)
        AS a (artifact_id, operation, run_id, step_id, block_id, record)
      LEFT JOIN step s
        ON s.organization_id = ? AND s.run_id = a.run_id
        AND s.step_id BETWEEN a.step_id AND a.step_id
      ORDER BY a.artifact_id
      ON CONFLICT (organization_id, artifact_id) DO UPDATE SET
        operation = excluded.operation,
        run_id = excluded.run_id,
        step_id = excluded.step_id,
        block_id = excluded.block_id,
        sort_time = excluded.sort_time,
        record = excluded.record
      WHERE t.record <> excluded.record
      RETURNING artifact_id, xmax = 0""";

  private final WriterSession session;

  PostgresArtifactWriter(WriterSession session) {
    this.session = session;
  }

  @Override
  public List<Outcome> write(String organizationId, List<Artifact> artifacts, Call call) {
    if (artifacts.isEmpty()) {
      return List.of();
    }
    Sql locks = RunLocks.hold(organizationId, artifacts.stream().map(Artifact::runId).toList());
    return session.transact(
        call,
        locks,
        transaction ->
            Rounds.write(
                artifacts,
                Artifact::artifactId,
                round ->
                    transaction.ask(upsert(organizationId, round), rows -> outcomes(round, rows))));
  }

  private static Sql upsert(String organizationId, List<Artifact> artifacts) {
    return Sql.of(
        UPSERT,
        organizationId,
        Sql.texts(artifacts, Artifact::artifactId),
        Sql.texts(artifacts, Artifact::operation),
        Sql.texts(artifacts, Artifact::runId),
        Sql.texts(artifacts, Artifact::stepId),
        Sql.texts(artifacts, artifact -> artifact.blockId().orElse(null)),
        artifacts.stream().map(Artifact::json).toArray(byte[][]::new),
        organizationId);
  }

  /** What the upsert wrote; the rows of the other records say the same already. */
  private static Map<String, Outcome> outcomes(List<Artifact> artifacts, ResultSet rows)
      throws SQLException {
    Map<String, Outcome> outcomes = new HashMap<>();
    artifacts.forEach(artifact -> outcomes.put(artifact.artifactId(), Outcome.UNCHANGED));
    while (rows.next()) {
      outcomes.put(rows.getString(1), rows.getBoolean(2) ? Outcome.NEW : Outcome.CHANGED);
    }
    return outcomes;
  }
}
