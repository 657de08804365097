package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One organization's steps and their payloads, seen in the tables themselves by their owner. */
final class WrittenSteps {

  private static final String ROWS =
      """
      SELECT run_id, step_id, sort_time, block_id, status, withheld_bytes, head, outputs, inputs
      FROM step
      WHERE organization_id = ?""";

  private static final String PAYLOADS =
      """
      SELECT run_id, step_id, encode(sha256, 'hex'), encode(sha256(payload), 'hex')
      FROM step_payload
      WHERE organization_id = ?""";

  private static final String TORN =
      """
      SELECT s.run_id || ' ' || s.step_id || ' withholds ' || s.withheld_bytes || ' bytes'
      FROM step s
      WHERE s.organization_id = ?
        AND s.withheld_bytes <> (
          SELECT coalesce(sum(octet_length(p.payload)), 0)
          FROM step_payload p
          WHERE p.organization_id = ?
            AND p.run_id = s.run_id AND p.step_id = s.step_id)""";

  private static final String DELETE = "DELETE FROM step WHERE organization_id = ?";

  private static final String DEADLOCKS =
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

  private static final String BLOCKED_FOR_LONG =
      """
      SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE pid = ? AND NOT granted
          AND clock_timestamp() - waitstart > 2 * current_setting('deadlock_timeout')::interval)""";

  private static final String BLOCKING =
      """
      SELECT EXISTS (
        SELECT FROM pg_stat_activity a
        WHERE a.datname = current_database() AND ? = ANY (pg_blocking_pids(a.pid)))""";

  private final Connections connections;
  private final String organization;

  /** Opens a connection. */
  interface Connections {
    Connection open() throws SQLException;
  }

  /** A step as it stands, with the names of its payloads and what their bytes make of them. */
  private record StoredRow(
      long sortTime,
      String blockId,
      String status,
      long externalBytes,
      String head,
      String outputs,
      String inputs,
      Map<String, String> payloads) {

    static StoredRow of(StepRecord record) {
      Map<String, String> payloads = new TreeMap<>();
      record.payloads().stream()
          .map(ExternalPayload::sha256)
          .forEach(name -> payloads.put(name, name));
      return new StoredRow(
          record.position().sortTime(),
          record.blockId(),
          record.status(),
          record.externalBytes(),
          hex(record.encoded().head()),
          hex(record.encoded().outputs()),
          hex(record.encoded().inputs()),
          payloads);
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  WrittenSteps(Connections connections, String organization) {
    this.connections = connections;
    this.organization = organization;
  }

  void assertExactly(List<StepRecord> records) throws SQLException {
    Map<StepKey, List<StepRecord>> each = new HashMap<>();
    records.forEach(record -> each.put(record.key(), List.of(record)));
    assertEachOneOf(each);
  }

  /** These steps and no others stand, each as one of its records; no payloads lie beside them. */
  void assertEachOneOf(Map<StepKey, List<StepRecord>> records) throws SQLException {
    Map<StepKey, StoredRow> stored = stored();
    assertThat(stored.keySet()).isEqualTo(records.keySet());
    stored.forEach(
        (key, step) ->
            assertThat(records.get(key).stream().map(StoredRow::of)).as("%s", key).contains(step));
  }

  /** Steps whose payloads are not theirs, as one moment has them. */
  List<String> torn() throws SQLException {
    return ask(TORN, organization, row -> row.getString(1));
  }

  void delete() throws SQLException {
    try (Connection connection = connections.open();
        PreparedStatement statement = connection.prepareStatement(DELETE)) {
      statement.setString(1, organization);
      statement.executeUpdate();
    }
  }

  /** Those that the database has found so far. */
  long deadlocks() throws SQLException {
    return ask(DEADLOCKS, null, row -> row.getLong(1)).get(0);
  }

  /** Twice the time after which it looks for a deadlock. */
  boolean isBlockedForLong(int pid) throws SQLException {
    return ask(BLOCKED_FOR_LONG, pid, row -> row.getBoolean(1)).get(0);
  }

  boolean isAnybodyBlockedBy(int pid) throws SQLException {
    return ask(BLOCKING, pid, row -> row.getBoolean(1)).get(0);
  }

  private Map<StepKey, StoredRow> stored() throws SQLException {
    Map<StepKey, Map<String, String>> payloads = new HashMap<>();
    ask(
        PAYLOADS,
        organization,
        row ->
            payloads
                .computeIfAbsent(key(row), key -> new TreeMap<>())
                .put(row.getString(3), row.getString(4)));
    Map<StepKey, StoredRow> stored = new HashMap<>();
    ask(
        ROWS,
        organization,
        row ->
            stored.put(
                key(row),
                new StoredRow(
                    row.getLong(3),
                    row.getString(4),
                    row.getString(5),
                    row.getLong(6),
                    StoredRow.hex(row.getBytes(7)),
                    StoredRow.hex(row.getBytes(8)),
                    StoredRow.hex(row.getBytes(9)),
                    payloads.getOrDefault(key(row), Map.of()))));
    return stored;
  }

  private static StepKey key(ResultSet row) throws SQLException {
    return new StepKey(row.getString(1), row.getString(2));
  }

  private <T> List<T> ask(String sql, Object parameter, Reading<T> reading) throws SQLException {
    try (Connection connection = connections.open();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = statement.getParameterMetaData().getParameterCount(); i > 0; i--) {
        statement.setObject(i, parameter);
      }
      List<T> answers = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          answers.add(reading.of(rows));
        }
      }
      return answers;
    }
  }
}
