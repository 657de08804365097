package dev.workflowsteps.server.config;

/** The exit codes of the commands. Documented in the server's README. */
public enum ExitCode {
  OK(0),
  FAILURE(1),
  USAGE(2),
  /** A setting or the machine does not allow it. */
  CONFIGURATION(3),
  /** The database cannot be reached, or another process holds its directory. */
  DATABASE(4),
  MIGRATION(5),
  PARTIAL(6);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
