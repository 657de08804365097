package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.steps.PayloadKey;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

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
    List<PayloadKey> kept = changed.stream().flatMap(StepPayloads::keys).toList();
    return Sql.of(
        DELETE,
        Sql.texts(changed, record -> record.position().runId()),
        Sql.texts(changed, record -> record.position().stepId()),
        organizationId,
        Sql.texts(kept, PayloadKey::runId),
        Sql.texts(kept, PayloadKey::stepId),
        digests(kept));
  }

  private static Stream<PayloadKey> keys(StepRecord record) {
    StepKey step = record.key();
    return record.payloads().stream()
        .map(payload -> new PayloadKey(step.runId(), step.stepId(), payload.sha256()));
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
          statement.setBytes(4, digest(payload.sha256()));
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

  /** The SHA-256 of each payload, as the table has it. */
  static byte[][] digests(List<PayloadKey> keys) {
    return keys.stream().map(key -> digest(key.sha256())).toArray(byte[][]::new);
  }

  private static byte[] digest(String sha256) {
    return HexFormat.of().parseHex(sha256);
  }

  private StepPayloads() {}
}
