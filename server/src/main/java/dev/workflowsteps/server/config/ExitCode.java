package dev.workflowsteps.server.config;

/** The exit codes of the commands, with their meanings as {@code --help} lists them. */
public enum ExitCode {
  OK(0, "success"),
  FAILURE(1, "failure; stderr gives the reason"),
  USAGE(2, "invalid command line"),
  CONFIGURATION(3, "an invalid setting, or an unsupported machine or directory"),
  DATABASE(4, "the database is unavailable, or another process uses its directory"),
  MIGRATION(5, "a migration failed"),
  PARTIAL(6, "finished, but stderr reports rejected lines or payloads not exported as stored");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  public String meaning() {
    return meaning;
  }
}
