package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.PayloadKey;
import dev.workflowsteps.server.steps.PayloadStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads large payloads from the table beside the steps, all of a page with one statement. */
final class PostgresPayloadStore implements PayloadStore {

  static final String FETCH =
      """
      SELECT p.run_id, p.step_id, p.sha256, p.payload
      FROM unnest(?, ?, ?) AS k (run_id, step_id, sha256)
      JOIN step_payload p ON p.organization_id = ?
        AND p.run_id = k.run_id AND p.step_id = k.step_id AND p.sha256 = k.sha256""";

  private final ReaderSession session;

  PostgresPayloadStore(ReaderSession session) {
    this.session = session;
  }

  @Override
  public Map<PayloadKey, byte[]> fetch(
      String organizationId, Collection<PayloadKey> keys, Call call) {
    List<PayloadKey> list = List.copyOf(keys);
    Sql fetch =
        Sql.of(
            FETCH,
            Sql.texts(list, PayloadKey::runId),
            Sql.texts(list, PayloadKey::stepId),
            StepPayloads.digests(list),
            organizationId);
    return session.ask(organizationId, fetch, PostgresPayloadStore::read, call);
  }

  private static Map<PayloadKey, byte[]> read(ResultSet rows) throws SQLException {
    Map<PayloadKey, byte[]> payloads = new HashMap<>();
    while (rows.next()) {
      String sha256 = HexFormat.of().formatHex(rows.getBytes(3));
      payloads.put(new PayloadKey(rows.getString(1), rows.getString(2), sha256), rows.getBytes(4));
    }
    return payloads;
  }
}
