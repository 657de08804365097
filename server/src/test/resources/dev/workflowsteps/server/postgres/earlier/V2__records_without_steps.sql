-- Records whose steps are not there stand behind those of steps that have not started. From here on, sort_time of an
-- artifact is 9223372036854775806 for a step that has not started, and 9223372036854775807 for no such step.
-- The lock keeps writers from putting the old value in meanwhile; reading goes on.
LOCK TABLE step, artifact IN SHARE ROW EXCLUSIVE MODE;

UPDATE artifact a SET sort_time = 9223372036854775806
WHERE a.sort_time = 9223372036854775807
  AND EXISTS (SELECT FROM step s
    WHERE s.organization_id = a.organization_id AND s.run_id = a.run_id AND s.step_id = a.step_id);
