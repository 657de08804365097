package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepWriter;
import dev.workflowsteps.server.text.Utf8Order;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

/**
 * Writes steps to PostgreSQL: one upsert of arrays, in the order of the keys, so that two writers
 * of the same steps wait for each other and seldom deadlock.
 *
 * <p>COPY into a temporary table and an upsert from there took two more round trips, 520 more bytes
 * of WAL for a step's life (emptying a temporary table locks it, which is logged) and more time,
 * for one step and for a thousand.
 */
final class PostgresStepWriter implements StepWriter {

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
      FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        AS arriving (run_id, step_id, sort_time, workflow_id, block_id,
          block_type, status, retry_count, withheld_bytes, head, outputs, inputs)
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
      SELECT s.run_id, s.step_id,
        s.head = a.head AND s.outputs = a.outputs AND s.inputs = a.inputs
      FROM unnest(?, ?, ?, ?, ?) AS a (run_id, step_id, head, outputs, inputs)
      JOIN step s ON s.organization_id = ? AND s.run_id = a.run_id AND s.step_id = a.step_id""";

  private static final Comparator<StepRecord> BY_KEY =
      Comparator.comparing((StepRecord record) -> record.position().runId(), Utf8Order::compare)
          .thenComparing(record -> record.position().stepId(), Utf8Order::compare);

  private final WriterSession session;

  PostgresStepWriter(WriterSession session) {
    this.session = session;
  }

  @Override
  public List<Outcome> write(String organizationId, List<StepRecord> records, Call call) {
    if (records.isEmpty()) {
      return List.of();
    }
    Sql locks =
        RunLocks.share(
            organizationId, records.stream().map(record -> record.position().runId()).toList());
    return session.transact(
        call, locks, transaction -> write(transaction, organizationId, records));
  }

  private static List<Outcome> write(
      Transaction transaction, String organizationId, List<StepRecord> records)
      throws SQLException {
    Outcomes outcomes = new Outcomes(records);
    upsert(transaction, organizationId, records, outcomes);
    List<StepRecord> leftAlone = outcomes.open();
    if (!leftAlone.isEmpty()) {
      tellApart(transaction, organizationId, leftAlone, outcomes);
    }
    List<StepRecord> written = outcomes.of(Outcome.NEW, Outcome.CHANGED);
    if (!written.isEmpty()) {
      takeAlong(transaction, organizationId, written, outcomes.of(Outcome.CHANGED));
    }
    return outcomes.all();
  }

  /** What lies beside the rows that were written, in one round trip but for large payloads. */
  private static void takeAlong(
      Transaction transaction,
      String organizationId,
      List<StepRecord> written,
      List<StepRecord> changed)
      throws SQLException {
    Sql along = ArtifactPlaces.follow(organizationId, written);
    if (!changed.isEmpty()) {
      along.add(";\n").add(StepPayloads.delete(organizationId, changed));
    }
    transaction.run(along);
    StepPayloads.insert(transaction, organizationId, written);
  }

  private static void upsert(
      Transaction transaction, String organizationId, List<StepRecord> records, Outcomes outcomes)
      throws SQLException {
    List<StepRecord> byKey = records.stream().sorted(BY_KEY).toList();
    Sql upsert = Sql.of(UPSERT, organizationId).add(new StepColumns(byKey).all());
    tell(transaction, upsert, outcomes::written);
  }

  private static void tellApart(
      Transaction transaction, String organizationId, List<StepRecord> leftAlone, Outcomes outcomes)
      throws SQLException {
    Sql tellApart =
        Sql.of(LEFT_ALONE).add(new StepColumns(leftAlone).compared()).add("", organizationId);
    tell(transaction, tellApart, outcomes::leftAlone);
  }

  /** Hears of a row that a statement gave: its key, and what the statement says of it. */
  @FunctionalInterface
  private interface Told {
    void of(String runId, String stepId, boolean answer);
  }

  private static void tell(Transaction transaction, Sql sql, Told told) throws SQLException {
    transaction.ask(
        sql,
        rows -> {
          while (rows.next()) {
            told.of(rows.getString(1), rows.getString(2), rows.getBoolean(3));
          }
          return told;
        });
  }
}
