package dev.workflowsteps.server.config;

/** Which requests get a line in the log. */
public enum AccessLogMode {
  /** Those that fail or take long. */
  ERRORS,
  ALL,
  OFF
}
