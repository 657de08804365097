-- organization
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
INSERT INTO organization (organization_id, created_at) VALUES ('acme', 'epoch')
 ON CONFLICT (organization_id) DO NOTHING
-- key
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
INSERT INTO api_key
  (key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at)
VALUES ('previous', 'acme', '\x00', 'epoch', NULL, NULL)
-- find, rows 1
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
SELECT k.key_id, k.organization_id, k.secret_sha256, k.created_at, k.expires_at, k.revoked_at,
  o.requests_per_second, o.bytes_per_second
FROM api_key k JOIN organization o ON o.organization_id = k.organization_id
WHERE k.key_id = 'previous'
-- list, rows 1
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
FROM api_key
WHERE organization_id = 'acme'
ORDER BY created_at, key_id
-- expire
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
UPDATE api_key SET expires_at = 'epoch' WHERE organization_id = 'acme' AND key_id = 'previous'
-- revoke
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
UPDATE api_key SET revoked_at = coalesce(revoked_at, 'epoch') WHERE organization_id = 'acme' AND key_id = 'previous'
-- limits, rows 1
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
SELECT requests_per_second, bytes_per_second FROM organization WHERE organization_id = 'acme'
-- limit
SELECT num_nonnulls(set_config('role', 'workflow_steps_writer', true), set_config('statement_timeout', '5s', true));
UPDATE organization SET requests_per_second = 5, bytes_per_second = NULL WHERE organization_id = 'acme'
