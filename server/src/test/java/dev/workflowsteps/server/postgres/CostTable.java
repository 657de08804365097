package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of steps of any size, and one of their artifact records. The values that filters ask for
 * are common (a share of the table), rare (30 rows at any size) or absent.
 */
final class CostTable {

  private static final String LOAD =
      """
      INSERT INTO step (organization_id, run_id, step_id, sort_time, workflow_id, block_id,
        block_type, status, retry_count, form_version, withheld_bytes, ended_at, head, outputs, inputs)
      SELECT 'cost', run_id, step_id, sort_time, workflow_id, block_id, block_type, status, 0, 2, 0,
        CASE WHEN status IN ('pending', 'running') THEN 9223372036854775807
          WHEN sort_time < 9223372036854775807 THEN sort_time + 2500000
          ELSE some_time END,
        head, '', ''
      FROM (SELECT
        CASE WHEN i < 800 THEN 'run-long' ELSE 'run-' || i / 60 END AS run_id,
        CASE WHEN i >= 800 AND i %% 60 = 0 THEN 'start'
          WHEN i >= 800 AND r = 7 THEN 'step-rare'
          ELSE 'step-' || md5(i::text) END AS step_id,
        CASE WHEN i %% 20 < 9 THEN 9223372036854775807 ELSE some_time END AS sort_time,
        CASE WHEN r = 3 THEN 'workflow-rare' ELSE 'workflow-' || i / 60 %% 20 END AS workflow_id,
        CASE WHEN r = 5 THEN 'block-rare' ELSE 'block-' || i %% 60 END AS block_id,
        CASE WHEN r = 1 THEN 'merge_dicts'
          ELSE (ARRAY['extract', 'parse', 'note', 'function', 'split', 'edit'])[1 + i %% 6] END
          AS block_type,
        CASE WHEN r = 2 THEN 'cancelled'
          ELSE (ARRAY['completed', 'completed', 'completed', 'completed', 'completed', 'completed',
            'running', 'error', 'skipped', 'pending'])[1 + abs(hashint4(i + 1)) %% 10] END AS status,
        decode(repeat(md5(i::text), 12), 'hex') AS head,
        some_time
      FROM (SELECT i, i %% (%d / 30) AS r,
        1700000000000000 + (hashint4(i)::bigint + 2147483648) / 5000 * 1000000 AS some_time
        FROM generate_series(0, %d - 1) AS i) AS seed) AS seed""";

  /** Four of five steps have a record, as in real runs. */
  private static final String LOAD_ARTIFACTS =
      """
      INSERT INTO artifact (organization_id, artifact_id, operation, run_id, step_id, block_id,
        sort_time, record)
      SELECT organization_id, 'artifact-' || md5(run_id || step_id), 'extraction', run_id, step_id,
        block_id, sort_time, decode(repeat(md5(step_id), 20), 'hex')
      FROM step
      WHERE organization_id = 'cost' AND abs(hashtext(step_id)) % 5 <> 0
      ON CONFLICT DO NOTHING""";

  /** More rows are indexed in one go when they are all there: that takes minutes, not hours. */
  private static final int MOST_INDEXED = 1_000_000;

  /** Loads that many steps into an empty database. */
  static void load(Connection connection, int steps) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE workflow_steps_writer");
      statement.execute("DELETE FROM step WHERE organization_id = 'cost'");
      statement.execute("DELETE FROM artifact WHERE organization_id = 'cost'");
      statement.execute("RESET ROLE");
      List<String> indexes = steps > MOST_INDEXED ? dropped(statement) : List.of();
      statement.execute("SET ROLE workflow_steps_writer");
      statement.execute(LOAD.formatted(steps, steps));
      statement.execute(LOAD_ARTIFACTS);
      statement.execute("RESET ROLE");
      for (String index : indexes) {
        statement.execute(index);
      }
      statement.execute("VACUUM (ANALYZE) step");
      statement.execute("VACUUM (ANALYZE) artifact");
    }
  }

  /** Takes the indexes away, but for the keys, and gives the statements that make them again. */
  private static List<String> dropped(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    try (ResultSet found =
        statement.executeQuery(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('step', 'artifact')"
                + " AND indexdef NOT LIKE 'CREATE UNIQUE %'")) {
      while (found.next()) {
        names.add(found.getString(1));
        indexes.add(found.getString(2));
      }
    }
    for (String name : names) {
      statement.execute("DROP INDEX " + name);
    }
    return indexes;
  }

  private CostTable() {}
}
