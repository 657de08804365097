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
SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
FROM api_key
WHERE key_id = 'previous'
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
