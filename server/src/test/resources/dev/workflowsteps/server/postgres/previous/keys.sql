-- connection
SET ROLE workflow_steps_writer; SET statement_timeout = '5s'
-- organization
INSERT INTO organization (organization_id, created_at) VALUES ('acme', 'epoch')
 ON CONFLICT (organization_id) DO NOTHING
-- key
INSERT INTO api_key
  (key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at)
VALUES ('previous', 'acme', '\x00', 'epoch', NULL, NULL)
-- find, rows 1
SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
FROM api_key
WHERE key_id = 'previous'
-- list, rows 1
SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
FROM api_key
WHERE organization_id = 'acme'
ORDER BY created_at, key_id
-- expire
UPDATE api_key SET expires_at = 'epoch' WHERE organization_id = 'acme' AND key_id = 'previous'
-- revoke
UPDATE api_key SET revoked_at = coalesce(revoked_at, 'epoch') WHERE organization_id = 'acme' AND key_id = 'previous'
