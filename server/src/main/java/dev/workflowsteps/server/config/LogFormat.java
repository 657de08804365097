package dev.workflowsteps.server.config;

/** How a log line is written. */
public enum LogFormat {
  /** For a person. */
  PLAIN,
  /** One JSON object a line, for a machine. */
  JSON
}
