-- Organizations, their keys and their steps. Every key starts with the organization, ids compare by
-- their bytes, and no compression is named: the embedded binaries have no lz4.

CREATE TABLE organization (
  organization_id text COLLATE "C" PRIMARY KEY,
  created_at timestamptz NOT NULL
);

CREATE TABLE api_key (
  key_id text COLLATE "C" PRIMARY KEY,
  organization_id text COLLATE "C" NOT NULL REFERENCES organization,
  secret_sha256 bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);

CREATE INDEX api_key_of_organization ON api_key (organization_id, created_at);

-- The states a step may be in. A list that asks for no state in particular merges one range of each;
-- servers compare their copy with this table's size, so that a state added later is never missed.
CREATE TABLE step_status (
  status text COLLATE "C" PRIMARY KEY
);

INSERT INTO step_status (status) VALUES
  ('pending'), ('queued'), ('running'), ('completed'), ('awaiting_review'), ('error'), ('skipped'),
  ('cancelled'), ('waiting_for_human');

-- sort_time: microseconds since 1970 of started_at; 9223372036854775807 = not started.
-- head, outputs, inputs: together the step as it is sent (workflows.v1.WorkflowStep).
-- withheld_bytes: of the payloads that lie in step_payload, and in the row only by name.
-- What stays the same for the life of a step stands first, and the head, whose end stays the same,
-- last: a changed row that stays on its page is logged without the parts in which both are alike.
CREATE TABLE step (
  organization_id text COLLATE "C" NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  step_id text COLLATE "C" NOT NULL,
  workflow_id text COLLATE "C",
  block_id text COLLATE "C" NOT NULL,
  block_type text COLLATE "C" NOT NULL,
  sort_time bigint NOT NULL,
  withheld_bytes bigint NOT NULL,
  retry_count integer NOT NULL,
  form_version smallint NOT NULL DEFAULT 1,
  status text COLLATE "C" NOT NULL,
  outputs bytea NOT NULL,
  inputs bytea NOT NULL,
  head bytea NOT NULL,
  PRIMARY KEY (organization_id, run_id, step_id)
) WITH (
  toast_tuple_target = 4080,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 50000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 20000
);

-- One index for each dimension of the filters, with the state before the order: a page is the merge
-- of one ordered range for each state. Only a run is short enough to be read in its own order.
CREATE INDEX step_of_run ON step
  (organization_id, run_id, sort_time, step_id, status, block_type);
CREATE INDEX step_of_organization ON step
  (organization_id, status, sort_time, step_id, run_id);
CREATE INDEX step_of_workflow ON step
  (organization_id, workflow_id, status, sort_time, step_id, run_id, block_type);
CREATE INDEX step_of_block ON step
  (organization_id, block_id, status, sort_time, step_id, run_id);
CREATE INDEX step_of_type ON step
  (organization_id, block_type, status, sort_time, step_id, run_id);
CREATE INDEX step_of_id ON step
  (organization_id, step_id, status, sort_time, run_id);

-- Payloads too large for the row, each by the SHA-256 of its bytes.
CREATE TABLE step_payload (
  organization_id text COLLATE "C" NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  step_id text COLLATE "C" NOT NULL,
  sha256 bytea NOT NULL,
  payload bytea NOT NULL,
  PRIMARY KEY (organization_id, run_id, step_id, sha256),
  FOREIGN KEY (organization_id, run_id, step_id) REFERENCES step ON DELETE CASCADE
);

-- What steps produced: each record as it was given, but for the members that say nothing.
-- sort_time: of the step, kept as it is there; 9223372036854775807 = not started, or no such step.
-- block_id: of the step; while it isn't there, what the record says.
CREATE TABLE artifact (
  organization_id text COLLATE "C" NOT NULL,
  artifact_id text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  step_id text COLLATE "C" NOT NULL,
  block_id text COLLATE "C",
  sort_time bigint NOT NULL,
  record bytea NOT NULL,
  PRIMARY KEY (organization_id, artifact_id)
) WITH (
  toast_tuple_target = 4080,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 50000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 20000
);

CREATE INDEX artifact_of_run ON artifact
  (organization_id, run_id, sort_time, step_id, artifact_id, operation, block_id);
CREATE INDEX artifact_of_step ON artifact
  (organization_id, step_id, run_id, sort_time, artifact_id, operation, block_id);

-- Roles belong to the whole cluster: another database, or another migration at this moment, may
-- have made them.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['workflow_steps_reader', 'workflow_steps_writer'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
    EXECUTE format('GRANT %I TO CURRENT_USER', name);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), name);
  END LOOP;
END
$$;

GRANT SELECT ON step, step_payload, step_status, artifact TO workflow_steps_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON step, step_payload, artifact, api_key, organization
  TO workflow_steps_writer;

-- The second fence, should a statement ever forget the organization. Without app.org the policies
-- raise an error (it is not set, or its length is 0) instead of giving an empty page.
ALTER TABLE step ENABLE ROW LEVEL SECURITY;
ALTER TABLE step_payload ENABLE ROW LEVEL SECURITY;
ALTER TABLE artifact ENABLE ROW LEVEL SECURITY;

CREATE POLICY one_organization ON step FOR SELECT TO workflow_steps_reader
  USING (organization_id
    = left(current_setting('app.org'), 1000000 / length(current_setting('app.org'))));

CREATE POLICY one_organization ON step_payload FOR SELECT TO workflow_steps_reader
  USING (organization_id
    = left(current_setting('app.org'), 1000000 / length(current_setting('app.org'))));

CREATE POLICY one_organization ON artifact FOR SELECT TO workflow_steps_reader
  USING (organization_id
    = left(current_setting('app.org'), 1000000 / length(current_setting('app.org'))));

CREATE POLICY every_organization ON step TO workflow_steps_writer USING (true) WITH CHECK (true);
CREATE POLICY every_organization ON step_payload TO workflow_steps_writer
  USING (true) WITH CHECK (true);
CREATE POLICY every_organization ON artifact TO workflow_steps_writer USING (true) WITH CHECK (true);
