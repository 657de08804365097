-- The day on which each key was last used, in UTC; no row = none is known. A table of its own, so that keys are hardly
-- ever written. Its rows go with their keys, also when a server deletes these that doesn't know the table.
CREATE TABLE api_key_use (
  key_id text COLLATE "C" PRIMARY KEY REFERENCES api_key ON DELETE CASCADE,
  organization_id text COLLATE "C" NOT NULL,
  last_used date NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON api_key_use TO workflow_steps_writer;

-- As for all other tables.
ALTER TABLE api_key_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_use FORCE ROW LEVEL SECURITY;
CREATE POLICY with_a_role ON api_key_use AS RESTRICTIVE USING (CASE
  WHEN current_user IN ('workflow_steps_reader', 'workflow_steps_writer') THEN true
  ELSE (current_user || ' sees no rows: run SET ROLE workflow_steps_writer first')::boolean END);
CREATE POLICY every_organization ON api_key_use TO workflow_steps_writer USING (true) WITH CHECK (true);
DO $$
DECLARE
  owner text;
BEGIN
  SELECT pg_get_userbyid(relowner) INTO owner FROM pg_class WHERE oid = to_regclass('api_key_use');
  EXECUTE format('CREATE POLICY owner ON api_key_use TO %I USING (true)', owner);
END
$$;
