package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The messages of an embedded start that fails. */
final class EmbeddedFailure {

  private static final String OWN_SERVER = "a PostgreSQL of your own with --database-url";

  private EmbeddedFailure() {}

  /**
   * The machine or the account is the cause: another directory would not help.
   *
   * @param cause ends with its own remedies after a colon, if it has some
   */
  static StartupException machine(String cause) {
    return refuse(cause + (cause.contains(": ") ? ", or use " : ": use ") + OWN_SERVER + ".", null);
  }

  /** The data directory is the cause: another one would help. */
  static StartupException directory(String cause) {
    return directory(cause, null);
  }

  static StartupException directory(String cause, Exception origin) {
    return refuse(
        cause + ": choose another directory with --data-dir, or use " + OWN_SERVER + ".", origin);
  }

  /**
   * Root does not use what somebody else may change.
   *
   * @param remedies each a clause that begins with a verb
   */
  static StartupException insecure(String cause, String... remedies) {
    return refuse(
        "%s, who could lead root to other files: %s, choose another directory with --data-dir, or use %s."
            .formatted(cause, String.join(", ", remedies), OWN_SERVER),
        null);
  }

  /** Says in plain words why {@code directory} can't be used. */
  static StartupException files(Path directory, IOException failure) {
    return directory(
        "The directory " + directory + " cannot be used, because " + reason(failure), failure);
  }

  /** A program failed after it printed {@code output}. */
  static StartupException program(String task, Path directory, Path log, String output) {
    if (output.contains("No space left on device")) {
      return directory(task + " failed, because the disk of " + directory + " is full");
    }
    return directory(
        task + " in " + directory + " failed (" + lastLine(output) + "; see " + log + ")");
  }

  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException denied) {
      return "this account may not write to " + denied.getFile();
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " is missing";
    }
    if (failure instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is not a directory";
    }
    String text =
        failure instanceof FileSystemException file && file.getReason() != null
            ? file.getFile() + " answered \"" + file.getReason() + "\""
            : String.valueOf(failure.getMessage());
    return text.contains("No space left on device") ? "its disk is full" : text;
  }

  private static String lastLine(String output) {
    return output
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .reduce("it printed nothing", (first, second) -> second);
  }

  private static StartupException refuse(String message, Exception origin) {
    return new StartupException(ExitCode.CONFIGURATION, message, origin);
  }
}
