-- ended_at: microseconds since 1970 of completed_at, else of started_at, else of created_at, of a step in a final state;
-- 9223372036854775807 = not in a final state, or no such time.
-- form_version: 2 = ended_at belongs to the row. Servers without the column leave 1 whenever they write, and ended_at as
-- it was: such rows are filled by FillEndedAt.
-- In a table without rows it stands before the head: that has to stay last, because its end is the part of a changed row
-- that isn't logged.
LOCK TABLE step IN ACCESS EXCLUSIVE MODE;
DO $$
DECLARE
  filled boolean;
BEGIN
  -- The owner may see no rows.
  SET LOCAL ROLE workflow_steps_writer;
  SELECT EXISTS (SELECT FROM step) INTO filled;
  SET LOCAL ROLE NONE;
  IF filled THEN
    ALTER TABLE step ADD COLUMN ended_at bigint;
  ELSE
    ALTER TABLE step DROP COLUMN head, ADD COLUMN ended_at bigint, ADD COLUMN head bytea NOT NULL;
  END IF;
END
$$;
