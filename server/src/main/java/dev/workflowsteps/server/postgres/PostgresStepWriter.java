package dev.workflowsteps.server.postgres;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepWriter;
import dev.workflowsteps.server.text.Utf8Order;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes steps to PostgreSQL: an upsert of arrays for each of the {@link Rounds}, in the order of
 * the keys, so that two writers of the same steps wait for each other and seldom deadlock. What
 * lies beside the rows is written once, after the last round.
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
        block_type, status, retry_count, form_version, withheld_bytes, head, outputs, inputs, ended_at)
      SELECT ?, run_id, step_id, sort_time, workflow_id, block_id,
        block_type, status, retry_count, 2, withheld_bytes, head, outputs, inputs, ended_at
      FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        AS incoming (run_id, step_id, sort_time, workflow_id, block_id,
          block_type, status, retry_count, withheld_bytes, head, outputs, inputs, ended_at)
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
        inputs = CASE WHEN t.inputs = excluded.inputs THEN t.inputs ELSE excluded.inputs END,
        ended_at = excluded.ended_at
      WHERE (t.head <> excluded.head OR t.outputs <> excluded.outputs OR t.inputs <> excluded.inputs)
        AND NOT (t.status IN (FINAL) AND excluded.status NOT IN (FINAL)
          AND excluded.retry_count <= t.retry_count)
      RETURNING run_id, step_id, xmax = 0"""
          .replace(
              "FINAL",
              Words.STATUS.all().stream()
                  .filter(Words.STATUS::isTerminal)
                  .map(word -> '\'' + word + '\'')
                  .collect(Collectors.joining(", ")));

  /** The upsert has locked the rows that it left alone, so they are still as it saw them. */
  static final String LEFT_ALONE =
      """
      SELECT s.run_id, s.step_id,
        s.head = a.head AND s.outputs = a.outputs AND s.inputs = a.inputs
      FROM unnest(?, ?, ?, ?, ?) AS a (run_id, step_id, head, outputs, inputs)
      JOIN step s ON s.organization_id = ? AND s.run_id = a.run_id
        AND s.step_id BETWEEN a.step_id AND a.step_id""";

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
    // Of each step that was written, what is stored now.
    Map<StepKey, StepRecord> written = new LinkedHashMap<>();
    Set<StepKey> replaced = new HashSet<>();
    List<Outcome> outcomes =
        Rounds.write(
            records,
            StepRecord::key,
            round -> {
              Map<StepKey, Outcome> known = round(transaction, organizationId, round);
              for (StepRecord record : round) {
                Outcome outcome = known.get(record.key());
                if (outcome == Outcome.NEW || outcome == Outcome.CHANGED) {
                  boolean first = written.put(record.key(), record) == null;
                  if (first && outcome == Outcome.CHANGED) {
                    replaced.add(record.key());
                  }
                }
              }
              return known;
            });
    if (!written.isEmpty()) {
      writeBeside(transaction, organizationId, written, replaced);
    }
    return outcomes;
  }

  /** Writes records of different steps. */
  private static Map<StepKey, Outcome> round(
      Transaction transaction, String organizationId, List<StepRecord> records)
      throws SQLException {
    Map<StepKey, Outcome> outcomes = new HashMap<>();
    List<StepRecord> byKey = records.stream().sorted(BY_KEY).toList();
    read(transaction, upsert(organizationId, byKey), outcomes, Outcome.NEW, Outcome.CHANGED);
    List<StepRecord> leftAlone =
        records.stream().filter(record -> !outcomes.containsKey(record.key())).toList();
    if (!leftAlone.isEmpty()) {
      read(
          transaction,
          compare(organizationId, leftAlone),
          outcomes,
          Outcome.UNCHANGED,
          Outcome.STALE);
    }
    return outcomes;
  }

  private static Sql upsert(String organizationId, List<StepRecord> records) {
    return Sql.of(
        UPSERT,
        organizationId,
        Sql.texts(records, record -> record.position().runId()),
        Sql.texts(records, record -> record.position().stepId()),
        longs(records, record -> record.position().sortTime()),
        Sql.texts(records, record -> record.workflowId().orElse(null)),
        Sql.texts(records, StepRecord::blockId),
        Sql.texts(records, StepRecord::blockType),
        Sql.texts(records, StepRecord::status),
        records.stream().map(StepRecord::retryCount).toArray(Integer[]::new),
        longs(records, StepRecord::externalBytes),
        bytes(records, EncodedStep::head),
        bytes(records, EncodedStep::outputs),
        bytes(records, EncodedStep::inputs),
        longs(records, StepRecord::endedAt));
  }

  private static Sql compare(String organizationId, List<StepRecord> records) {
    return Sql.of(
        LEFT_ALONE,
        Sql.texts(records, record -> record.position().runId()),
        Sql.texts(records, record -> record.position().stepId()),
        bytes(records, EncodedStep::head),
        bytes(records, EncodedStep::outputs),
        bytes(records, EncodedStep::inputs),
        organizationId);
  }

  private static Long[] longs(List<StepRecord> records, Function<StepRecord, Long> number) {
    return records.stream().map(number).toArray(Long[]::new);
  }

  private static byte[][] bytes(List<StepRecord> records, Function<EncodedStep, byte[]> part) {
    return records.stream().map(StepRecord::encoded).map(part).toArray(byte[][]::new);
  }

  /** Reads rows of a key and a boolean, which says which of the two outcomes it is. */
  private static void read(
      Transaction transaction,
      Sql sql,
      Map<StepKey, Outcome> outcomes,
      Outcome ifTrue,
      Outcome ifFalse)
      throws SQLException {
    transaction.ask(
        sql,
        rows -> {
          while (rows.next()) {
            StepKey key = new StepKey(rows.getString(1), rows.getString(2));
            outcomes.put(key, rows.getBoolean(3) ? ifTrue : ifFalse);
          }
          return outcomes;
        });
  }

  /** Writes what lies beside the steps' rows, in one round trip but for large payloads. */
  private static void writeBeside(
      Transaction transaction,
      String organizationId,
      Map<StepKey, StepRecord> written,
      Set<StepKey> replaced)
      throws SQLException {
    List<StepRecord> records = List.copyOf(written.values());
    Sql beside = ArtifactPlaces.follow(organizationId, records);
    if (!replaced.isEmpty()) {
      List<StepRecord> changed = replaced.stream().map(written::get).toList();
      beside.add(";\n").add(StepPayloads.delete(organizationId, changed));
    }
    transaction.run(beside);
    StepPayloads.insert(transaction, organizationId, records);
  }
}
