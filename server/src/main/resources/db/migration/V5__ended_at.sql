-- ended_at: microseconds since 1970 of completed_at, else of started_at, else of created_at, of a step in a final state;
-- 9223372036854775807 = not in a final state, or no such time.
-- form_version: 2 = ended_at belongs to the row. Servers without the column leave 1 whenever they write, and ended_at as
-- it was: such rows are filled by FillEndedAt.
-- In a table without rows it stands before the head: that has to stay last, because its end is the part of a changed row
-- that isn't logged. A table that is distributed has rows, or had some.
LOCK TABLE step IN ACCESS EXCLUSIVE MODE;
DO $$
DECLARE
  filled boolean := false;
BEGIN
  -- Of a distributed table nothing is read: Citus connects to each worker once for each role of a
  -- transaction, so the change would wait for the lock of the read.
  IF to_regclass('pg_dist_partition') IS NOT NULL THEN
    SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'step'::regclass) INTO filled;
  END IF;
  IF NOT filled THEN
    -- The owner may see no rows.
    SET LOCAL ROLE workflow_steps_writer;
    SELECT EXISTS (SELECT FROM step) INTO filled;
    SET LOCAL ROLE NONE;
  END IF;
  IF filled THEN
    ALTER TABLE step ADD COLUMN ended_at bigint;
  ELSE
    ALTER TABLE step DROP COLUMN head, ADD COLUMN ended_at bigint, ADD COLUMN head bytea NOT NULL;
  END IF;
END
$$;
