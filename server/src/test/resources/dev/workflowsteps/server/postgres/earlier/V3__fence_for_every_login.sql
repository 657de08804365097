-- The second fence holds for every login, the tables' owner too: connections take one of the two roles in each
-- transaction, and a statement without a role fails instead of seeing rows by the owner's rights or by inherited ones.
-- The owner's own work on rows (a migration, or by hand) begins with SET ROLE workflow_steps_writer. The error that says
-- so is that of a text that is no boolean; a function that raises a better one would load plpgsql into every connection.
DO $$
DECLARE
  name text;
  owner text;
BEGIN
  FOREACH name IN ARRAY ARRAY['organization', 'api_key', 'step_status', 'step', 'step_payload', 'artifact'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY with_a_role ON %I AS RESTRICTIVE USING (CASE'
      ' WHEN current_user IN (''workflow_steps_reader'', ''workflow_steps_writer'') THEN true'
      ' ELSE (current_user || '' sees no rows: run SET ROLE workflow_steps_writer first'')::boolean END)', name);
    -- Without a policy of its own an owner that inherits no role would see no rows and no error.
    -- Whoever migrates may be another login that was granted the owner, or a superuser.
    SELECT pg_get_userbyid(relowner) INTO owner FROM pg_class WHERE oid = to_regclass(name);
    EXECUTE format('CREATE POLICY owner ON %I TO %I USING (true)', name, owner);
  END LOOP;
END
$$;

CREATE POLICY every_organization ON organization TO workflow_steps_writer
  USING (true) WITH CHECK (true);
CREATE POLICY every_organization ON api_key TO workflow_steps_writer USING (true) WITH CHECK (true);
CREATE POLICY every_state ON step_status TO workflow_steps_reader, workflow_steps_writer USING (true);
