package dev.workflowsteps.server.postgres;

/**
 * One ordered range of an index of steps.
 *
 * @param time the column of the time that orders its rows
 * @param condition of its rows, behind {@code WHERE}
 */
record StepRange(String time, Sql condition) {}
