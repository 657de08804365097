package dev.workflowsteps.server.config;

/** The least important log line that is written; the most important level first. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG
}
