-- ended_at: microseconds since 1970 of completed_at, else of started_at, else of created_at, of a step in a final state;
-- 9223372036854775807 = not in a final state, or no such time.
-- form_version: 2 = ended_at belongs to the row. Servers without the column leave 1 whenever they write, and ended_at as
-- it was: such rows are filled by FillEndedAt.
ALTER TABLE step ADD COLUMN ended_at bigint;
