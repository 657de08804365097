package dev.workflowsteps.server.cli;

import dev.workflowsteps.contract.Suggestion;
import dev.workflowsteps.server.auth.KeyException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.steps.StepsException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports the failure of a command: a sentence on stderr, and an exit code. */
public final class ErrorHandling {

  /** Installs this in a command line and the commands that it has by now. */
  public static void install(CommandLine root) {
    root.setParameterExceptionHandler(ErrorHandling::usage);
    root.setExecutionExceptionHandler(ErrorHandling::execution);
  }

  private static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter words = command.getErr();
    words.println(e instanceof UnmatchedArgumentException u ? unknown(u) : e.getMessage());
    words.println("See " + command.getCommandSpec().qualifiedName() + " --help");
    words.flush();
    return ExitCode.USAGE.code();
  }

  /**
   * Names the first argument that isn't known, without the value behind it: it may be a password.
   */
  private static String unknown(UnmatchedArgumentException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String argument = e.getUnmatched().get(0);
    if (argument.startsWith("-")) {
      String name = argument.replaceFirst("=.*", "");
      return "unknown option " + name + suggestion(name, command.optionsMap().keySet());
    }
    Set<String> commands = command.subcommands().keySet();
    if (commands.isEmpty()) {
      return "unexpected argument " + argument;
    }
    return "unknown command " + argument + suggestion(argument, commands);
  }

  private static String suggestion(String name, Collection<String> known) {
    return Suggestion.near(name, known).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static int execution(Exception e, CommandLine command, ParseResult result) {
    PrintWriter words = command.getErr();
    try {
      if (e instanceof StartupException failure) {
        words.println(failure.getMessage());
        return failure.exitCode().code();
      }
      if (e instanceof KeyException failure) {
        words.println(failure.getMessage());
        return ExitCode.FAILURE.code();
      }
      if (e instanceof StepsException failure) {
        return storage(failure, words);
      }
      words.println("This is a bug in workflow-steps. Please report it:");
      e.printStackTrace(words);
      return ExitCode.FAILURE.code();
    } finally {
      words.flush();
    }
  }

  private static int storage(StepsException failure, PrintWriter words) {
    if (failure.reason() != StepsException.Reason.UNAVAILABLE) {
      words.println(failure.getMessage());
      return ExitCode.FAILURE.code();
    }
    words.println(
        "The database is unavailable ("
            + failure.getMessage()
            + "). Check that it runs, then run this again.");
    return ExitCode.DATABASE.code();
  }

  private ErrorHandling() {}
}
