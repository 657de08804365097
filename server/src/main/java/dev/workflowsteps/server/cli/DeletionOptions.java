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

/** {@code --dry-run} and {@code --yes}: nothing is deleted that nobody confirmed. */
final class DeletionOptions {

  private static final int MOST_ANSWER_BYTES = 80;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--dry-run", description = "Only tell what would be deleted.")
  private boolean dryRun;

  @Option(
      names = "--yes",
      description = "Delete without asking. Needed where there is no terminal to ask on.")
  private boolean yes;

  boolean dryRun() {
    return dryRun;
  }

  /** Refuses to start where nobody could confirm. */
  void check(CommandContext context) {
    if (!dryRun && !yes && !context.terminal()) {
      throw new ParameterException(
          command.commandLine(),
          "--yes: missing (expected: given, since there is no terminal to ask on; --dry-run tells"
              + " what would be deleted)");
    }
  }

  /** Whether to go on; asks, unless that was said before. */
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

  /** A line of the input, or what there is of it. */
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
