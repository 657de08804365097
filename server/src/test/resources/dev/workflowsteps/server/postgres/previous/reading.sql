-- page of the organization, rows 4
SELECT num_nonnulls(set_config('role', 'workflow_steps_reader', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('app.org', 'acme', true), set_config('statement_timeout', '30000', true));
SELECT count(*) FROM step_status;
SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs
FROM (
  (SELECT sort_time, step_id, run_id, withheld_bytes, CASE WHEN octet_length(head) + octet_length(outputs) + octet_length(inputs) <= 73728 THEN head END AS head,
    CASE WHEN octet_length(head) + octet_length(outputs) + octet_length(inputs) <= 73728 THEN outputs END AS outputs,
    CASE WHEN octet_length(head) + octet_length(outputs) + octet_length(inputs) <= 73728 THEN inputs END AS inputs
  FROM step
  WHERE organization_id = 'acme'
    AND status = 'running'
  ORDER BY sort_time ASC, step_id ASC, run_id ASC
  LIMIT 51)
  UNION ALL (SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs
  FROM step
  WHERE organization_id = 'acme'
    AND status = 'queued'
  ORDER BY sort_time ASC, step_id ASC, run_id ASC
  LIMIT 51)
  UNION ALL (SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs
  FROM step
  WHERE organization_id = 'acme'
    AND status = 'completed'
  ORDER BY sort_time ASC, step_id ASC, run_id ASC
  LIMIT 51)) AS step_range
ORDER BY sort_time ASC, step_id ASC, run_id ASC
LIMIT 51
-- page of a run, rows 3
SELECT num_nonnulls(set_config('role', 'workflow_steps_reader', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('app.org', 'acme', true), set_config('statement_timeout', '30000', true));
SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs
FROM (SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs,
  sum(octet_length(head) + octet_length(outputs) + octet_length(inputs) + withheld_bytes) OVER (ORDER BY sort_time ASC, step_id ASC ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes_before
FROM (SELECT sort_time, step_id, run_id, withheld_bytes, head, outputs, inputs
  FROM step
  WHERE organization_id = 'acme'
    AND run_id = 'r'
    AND (sort_time, step_id) > (0, '')
  ORDER BY sort_time ASC, step_id ASC
  LIMIT 1001) AS whole) AS measured
WHERE bytes_before IS NULL OR bytes_before <= 3670016
ORDER BY sort_time ASC, step_id ASC
-- payloads, rows 1
SELECT num_nonnulls(set_config('role', 'workflow_steps_reader', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('app.org', 'acme', true), set_config('statement_timeout', '30000', true));
SELECT p.run_id, p.step_id, p.sha256, p.payload
FROM unnest('{r}'::text[], '{s1}'::text[], '{"\\x01"}'::bytea[]) AS k (run_id, step_id, sha256)
JOIN step_payload p ON p.organization_id = 'acme'
  AND p.run_id = k.run_id AND p.step_id = k.step_id AND p.sha256 = k.sha256
-- artifacts of a run, rows 3
SELECT num_nonnulls(set_config('role', 'workflow_steps_reader', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('app.org', 'acme', true), set_config('statement_timeout', '30000', true));
SELECT sort_time, step_id, run_id, artifact_id, operation, record
FROM (SELECT sort_time, step_id, run_id, artifact_id, operation, record,
  sum(octet_length(record)) OVER (ORDER BY sort_time ASC, step_id ASC, artifact_id ASC ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes_before
FROM (SELECT sort_time, step_id, run_id, artifact_id, operation, record
  FROM artifact
  WHERE organization_id = 'acme' AND run_id = 'r'
  ORDER BY sort_time ASC, step_id ASC, artifact_id ASC
  LIMIT 51) AS whole) AS measured
WHERE bytes_before IS NULL OR bytes_before <= 3670016
ORDER BY sort_time ASC, step_id ASC, artifact_id ASC
-- steps of an id, rows 2
SELECT num_nonnulls(set_config('role', 'workflow_steps_reader', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), set_config('client_connection_check_interval', '1s', true), set_config('app.org', 'acme', true), set_config('statement_timeout', '30000', true));
(SELECT least(sort_time, 9223372036854775806) AS sort_time, step_id, run_id FROM step
  WHERE organization_id = 'acme' AND step_id = 's1' LIMIT 2)
UNION
(SELECT DISTINCT sort_time, step_id, run_id FROM artifact
  WHERE organization_id = 'acme' AND step_id = 's1' ORDER BY run_id, sort_time LIMIT 2)
LIMIT 2
