package dev.workflowsteps.server.cli;

import dev.workflowsteps.contract.Suggestion;
import dev.workflowsteps.server.auth.KeyException;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports the failure of a command, by a sentence on stderr and an exit code. */
public final class ErrorHandling {

  /** For a command line and the commands that it has by now. */
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

  /** Names the first unknown argument, without its value, which may be a password. */
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
    ExitCode exit = ExitCode.FAILURE;
    if (e instanceof StartupException failure) {
      words.println(failure.getMessage());
      exit = failure.exitCode();
    } else if (e instanceof FailedCallException failure
        && failure.reason() == FailedCallException.Reason.UNAVAILABLE) {
      words.println(
          "The database is unavailable ("
              + failure.getMessage()
              + "). Check that it runs, then run this again.");
      exit = ExitCode.DATABASE;
    } else if (e instanceof FailedCallException || e instanceof KeyException) {
      words.println(e.getMessage());
    } else {
      words.println("This is a bug in workflow-steps. Please report it:");
      e.printStackTrace(words);
    }
    words.flush();
    return exit.code();
  }

  private ErrorHandling() {}
}
