package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Writes steps to PostgreSQL: COPY into a temporary table, then one upsert in the order of the
 * keys, so that two writers of the same steps wait for each other and seldom deadlock.
 */
final class PostgresStepWriter implements StepWriter {

  /** Run once on each connection. */
  static final String CREATE_ARRIVING =
      """
      CREATE TEMPORARY TABLE IF NOT EXISTS arriving (
        ordinal integer NOT NULL,
        run_id text COLLATE "C" NOT NULL,
        step_id text COLLATE "C" NOT NULL,
        sort_time bigint NOT NULL,
        workflow_id text COLLATE "C",
        block_id text COLLATE "C" NOT NULL,
        block_type text COLLATE "C" NOT NULL,
        status text COLLATE "C" NOT NULL,
        retry_count integer NOT NULL,
        withheld_bytes bigint NOT NULL,
        head bytea NOT NULL,
        outputs bytea NOT NULL,
        inputs bytea NOT NULL
      ) ON COMMIT DELETE ROWS""";

  /**
   * A handle column that stays the same keeps its stored value: assigned anew it would be written
   * out of line once more. Rows that are unchanged or stale are locked, and not written.
   */
  static final String UPSERT =
      """
      INSERT INTO step AS t (organization_id, run_id, step_id, sort_time, workflow_id, block_id,
        block_type, status, retry_count, form_version, withheld_bytes, head, outputs, inputs)
      SELECT ?, run_id, step_id, sort_time, workflow_id, block_id,
        block_type, status, retry_count, 1, withheld_bytes, head, outputs, inputs
      FROM arriving
      ORDER BY run_id, step_id
      ON CONFLICT (organization_id, run_id, step_id) DO UPDATE SET
        sort_time = excluded.sort_time,
        workflow_id = excluded.workflow_id,
        block_id = excluded.block_id,
        block_type = excluded.block_type,
        status = excluded.status,
        retry_count = excluded.retry_count,
        form_version = excluded.form_version,
        withheld_bytes = excluded.withheld_bytes,
        head = CASE WHEN t.head = excluded.head THEN t.head ELSE excluded.head END,
        outputs = CASE WHEN t.outputs = excluded.outputs THEN t.outputs ELSE excluded.outputs END,
        inputs = CASE WHEN t.inputs = excluded.inputs THEN t.inputs ELSE excluded.inputs END
      WHERE (t.head <> excluded.head OR t.outputs <> excluded.outputs OR t.inputs <> excluded.inputs)
        AND NOT (t.status IN ('completed', 'error', 'skipped', 'cancelled')
          AND excluded.status NOT IN ('completed', 'error', 'skipped', 'cancelled')
          AND excluded.retry_count <= t.retry_count)
      RETURNING run_id, step_id, xmax = 0""";

  /** The upsert holds the rows' locks, so what it left alone stands as it saw it. */
  static final String LEFT_ALONE =
      """
      SELECT a.ordinal, s.head = a.head AND s.outputs = a.outputs AND s.inputs = a.inputs
      FROM arriving a
      JOIN step s ON s.organization_id = ? AND s.run_id = a.run_id AND s.step_id = a.step_id
      WHERE a.ordinal = ANY (?)""";

  private final WriterSession session;

  PostgresStepWriter(WriterSession session) {
    this.session = session;
  }

  @Override
  public List<Outcome> write(String organizationId, List<StepRecord> records, Call call) {
    if (records.isEmpty()) {
      return List.of();
    }
    byte[] rows = CopyRows.of(records);
    Sql locks =
        RunLocks.share(
            organizationId, records.stream().map(record -> record.position().runId()).toList());
    return session.transact(
        call, locks, connection -> write(connection, organizationId, records, rows));
  }

  private static List<Outcome> write(
      Connection connection, String organizationId, List<StepRecord> records, byte[] rows)
      throws SQLException, IOException {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "COPY arriving (" + CopyRows.COLUMNS + ") FROM STDIN (FORMAT binary)",
            new ByteArrayInputStream(rows));
    Outcomes outcomes = new Outcomes(records);
    upsert(connection, organizationId, outcomes);
    if (outcomes.open().length > 0) {
      tellApart(connection, organizationId, outcomes);
    }
    StepPayloads.replace(connection, organizationId, records, outcomes.all());
    ArtifactPlaces.follow(connection, organizationId, outcomes.written());
    return outcomes.all();
  }

  private static void upsert(Connection connection, String organizationId, Outcomes outcomes)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
      statement.setString(1, organizationId);
      try (ResultSet written = statement.executeQuery()) {
        while (written.next()) {
          outcomes.written(written.getString(1), written.getString(2), written.getBoolean(3));
        }
      }
    }
  }

  private static void tellApart(Connection connection, String organizationId, Outcomes outcomes)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LEFT_ALONE)) {
      statement.setString(1, organizationId);
      Object[] ordinals = Arrays.stream(outcomes.open()).boxed().toArray();
      statement.setArray(2, connection.createArrayOf("int4", ordinals));
      try (ResultSet left = statement.executeQuery()) {
        while (left.next()) {
          outcomes.leftAlone(left.getInt(1), left.getBoolean(2));
        }
      }
    }
  }
}
