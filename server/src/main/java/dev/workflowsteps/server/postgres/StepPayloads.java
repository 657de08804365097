package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.steps.StepRecord;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes and deletes the large payloads of steps that were just written. */
final class StepPayloads {

  /** Cheap for the many steps without large payloads: it looks up an empty range of the key. */
  static final String DELETE =
      """
      DELETE FROM step_payload p
      USING unnest(?, ?) AS k (run_id, step_id)
      WHERE p.organization_id = ? AND p.run_id = k.run_id AND p.step_id = k.step_id
        AND NOT EXISTS (
          SELECT FROM unnest(?, ?, ?) AS kept (run_id, step_id, sha256)
          WHERE kept.run_id = p.run_id AND kept.step_id = p.step_id AND kept.sha256 = p.sha256)""";

  static final String INSERT =
      """
      INSERT INTO step_payload (organization_id, run_id, step_id, sha256, payload)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING""";

  private static final long MOST_BATCH_BYTES = 4 << 20;

  /** Deletes the payloads that changed records don't name any more. */
  static Sql delete(String organizationId, List<StepRecord> changed) {
    List<Key> steps = new ArrayList<>();
    List<Key> kept = new ArrayList<>();
    for (StepRecord record : changed) {
      steps.add(Key.of(record, new byte[0]));
      record.payloads().forEach(payload -> kept.add(Key.of(record, digest(payload))));
    }
    return Sql.of(
        DELETE,
        Key.runs(steps),
        Key.steps(steps),
        organizationId,
        Key.runs(kept),
        Key.steps(kept),
        Key.digests(kept));
  }

  /** Stores the payloads of records, except those that are stored already. */
  static void insert(Transaction transaction, String organizationId, List<StepRecord> written)
      throws SQLException {
    try (PreparedStatement statement = transaction.prepare(INSERT)) {
      long bytes = 0;
      for (StepRecord record : written) {
        for (ExternalPayload payload : record.payloads()) {
          statement.setString(1, organizationId);
          statement.setString(2, record.position().runId());
          statement.setString(3, record.position().stepId());
          statement.setBytes(4, digest(payload));
          statement.setBytes(5, payload.json());
          statement.addBatch();
          bytes += payload.json().length;
          if (bytes > MOST_BATCH_BYTES) {
            transaction.batch(statement);
            bytes = 0;
          }
        }
      }
      if (bytes > 0) {
        transaction.batch(statement);
      }
    }
  }

  private static byte[] digest(ExternalPayload payload) {
    return HexFormat.of().parseHex(payload.sha256());
  }

  private record Key(String runId, String stepId, byte[] sha256) {

    static Key of(StepRecord record, byte[] sha256) {
      return new Key(record.position().runId(), record.position().stepId(), sha256);
    }

    static String[] runs(List<Key> keys) {
      return keys.stream().map(Key::runId).toArray(String[]::new);
    }

    static String[] steps(List<Key> keys) {
      return keys.stream().map(Key::stepId).toArray(String[]::new);
    }

    static byte[][] digests(List<Key> keys) {
      return keys.stream().map(Key::sha256).toArray(byte[][]::new);
    }
  }

  private StepPayloads() {}
}
