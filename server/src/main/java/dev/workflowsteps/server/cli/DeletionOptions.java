package dev.workflowsteps.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --dry-run} and {@code --yes}: nothing is deleted without confirmation. */
final class DeletionOptions {

  private static final int MOST_ANSWER_BYTES = 80;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--dry-run", description = "Only show what would be deleted.")
  private boolean dryRun;

  @Option(
      names = "--yes",
      description = "Delete without asking. Required where there is no terminal.")
  private boolean yes;

  boolean dryRun() {
    return dryRun;
  }

  /** Rejects the command where nobody could confirm. */
  void check(CommandContext context) {
    if (!dryRun && !yes && !context.terminal()) {
      throw new ParameterException(
          command.commandLine(),
          "--yes: missing (required without a terminal; --dry-run shows what would be deleted)");
    }
  }

  /** Whether to delete; asks, unless {@code --yes} was given. */
  boolean confirmed(CommandContext context, PrintWriter words) {
    if (yes) {
      return true;
    }
    words.print("Delete this for good? [y/N] ");
    words.flush();
    String answer = answer(context.input()).strip().toLowerCase(Locale.ROOT);
    boolean confirmed = answer.equals("y") || answer.equals("yes");
    if (!confirmed) {
      words.println("nothing deleted");
    }
    return confirmed;
  }

  /** A line of the input, or as much as there is. */
  private static String answer(InputStream in) {
    byte[] line = new byte[MOST_ANSWER_BYTES];
    int length = 0;
    try {
      for (int b = in.read(); b >= 0 && b != '\n' && length < line.length; b = in.read()) {
        line[length++] = (byte) b;
      }
    } catch (IOException e) {
      return "";
    }
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }
}
