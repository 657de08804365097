package dev.workflowsteps.server.config;

/**
 * A command cannot continue. The message is one sentence for a person, with the cause and the
 * remedy.
 */
public final class StartupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  public StartupException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public StartupException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
