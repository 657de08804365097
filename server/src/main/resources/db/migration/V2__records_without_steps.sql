-- Records whose steps are not there stand behind those of steps that have not started. From here on, sort_time is
-- 9223372036854775806 for what has not started, and 9223372036854775807 in artifact alone: no such step.
UPDATE step SET sort_time = 9223372036854775806 WHERE sort_time = 9223372036854775807;

UPDATE artifact a SET sort_time = 9223372036854775806
WHERE a.sort_time = 9223372036854775807
  AND EXISTS (SELECT FROM step s
    WHERE s.organization_id = a.organization_id AND s.run_id = a.run_id AND s.step_id = a.step_id);
