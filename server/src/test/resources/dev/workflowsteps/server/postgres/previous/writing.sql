-- begin
BEGIN
-- locks, rows 1
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('idle_in_transaction_session_timeout', '30s', true), set_config('statement_timeout', '30000', true));
SELECT pg_advisory_xact_lock_shared(2003202866, 1);
SELECT pg_advisory_xact_lock_shared(2003202865, k) FROM unnest('{1,2}'::int4[]) AS k;
SELECT 1 FROM organization WHERE organization_id = 'acme'
-- upsert, rows 2
INSERT INTO step AS t (organization_id, run_id, step_id, sort_time, workflow_id, block_id,
  block_type, status, retry_count, form_version, withheld_bytes, head, outputs, inputs)
SELECT 'acme', run_id, step_id, sort_time, workflow_id, block_id,
  block_type, status, retry_count, 1, withheld_bytes, head, outputs, inputs
FROM unnest('{r,r}'::text[], '{s1,s2}'::text[], '{5,9223372036854775807}'::int8[], '{w,NULL}'::text[], '{b,b}'::text[],
  '{note,note}'::text[], '{running,queued}'::text[], '{0,0}'::int4[], '{3,0}'::int8[], '{"\\x0a","\\x0b"}'::bytea[],
  '{"",""}'::bytea[], '{"",""}'::bytea[])
  AS incoming (run_id, step_id, sort_time, workflow_id, block_id,
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
  AND NOT (t.status IN ('completed', 'error', 'skipped', 'cancelled') AND excluded.status NOT IN ('completed', 'error', 'skipped', 'cancelled')
    AND excluded.retry_count <= t.retry_count)
RETURNING run_id, step_id, xmax = 0
-- left alone, rows 1
SELECT s.run_id, s.step_id,
  s.head = a.head AND s.outputs = a.outputs AND s.inputs = a.inputs
FROM unnest('{r}'::text[], '{s1}'::text[], '{"\\x0a"}'::bytea[], '{""}'::bytea[], '{""}'::bytea[]) AS a (run_id, step_id, head, outputs, inputs)
JOIN step s ON s.organization_id = 'acme' AND s.run_id = a.run_id AND s.step_id = a.step_id
-- beside
UPDATE artifact a
SET sort_time = k.sort_time, block_id = k.block_id
FROM unnest('{r,r}'::text[], '{s1,s2}'::text[], '{5,9223372036854775806}'::int8[], '{b,b}'::text[]) AS k (run_id, step_id, sort_time, block_id)
WHERE a.organization_id = 'acme' AND a.run_id = k.run_id AND a.step_id = k.step_id
  AND (a.sort_time <> k.sort_time OR a.block_id IS NULL OR a.block_id <> k.block_id);
DELETE FROM step_payload p
USING unnest('{r}'::text[], '{s1}'::text[]) AS k (run_id, step_id)
WHERE p.organization_id = 'acme' AND p.run_id = k.run_id AND p.step_id = k.step_id
  AND NOT EXISTS (
    SELECT FROM unnest('{r}'::text[], '{s1}'::text[], '{"\\x01"}'::bytea[]) AS kept (run_id, step_id, sha256)
    WHERE kept.run_id = p.run_id AND kept.step_id = p.step_id AND kept.sha256 = p.sha256)
-- payload
INSERT INTO step_payload (organization_id, run_id, step_id, sha256, payload)
VALUES ('acme', 'r', 's1', '\x01', '\x313233')
ON CONFLICT DO NOTHING
-- artifacts, rows 2
INSERT INTO artifact AS t
  (organization_id, artifact_id, operation, run_id, step_id, block_id, sort_time, record)
SELECT 'acme', a.artifact_id, a.operation, a.run_id, a.step_id, coalesce(s.block_id, a.block_id),
  CASE WHEN s.sort_time IS NULL THEN 9223372036854775807
    ELSE least(s.sort_time, 9223372036854775806) END,
  a.record
FROM unnest('{a1,a2}'::text[], '{parse,parse}'::text[], '{r,r}'::text[], '{s1,gone}'::text[], '{b,b}'::text[], '{"\\x7b7d","\\x7b7d"}'::bytea[])
  AS a (artifact_id, operation, run_id, step_id, block_id, record)
LEFT JOIN step s
  ON s.organization_id = 'acme' AND s.run_id = a.run_id AND s.step_id = a.step_id
ORDER BY a.artifact_id
ON CONFLICT (organization_id, artifact_id) DO UPDATE SET
  operation = excluded.operation,
  run_id = excluded.run_id,
  step_id = excluded.step_id,
  block_id = excluded.block_id,
  sort_time = excluded.sort_time,
  record = excluded.record
WHERE t.record <> excluded.record
RETURNING artifact_id, xmax = 0
-- commit
COMMIT
