package dev.workflowsteps.server.cli;

import dev.workflowsteps.contract.Suggestion;
import dev.workflowsteps.server.auth.KeyException;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports the failure of a command, by a sentence on stderr and an exit code. */
public final class ErrorHandling {

  /** For a command line and the commands that it has by now. */
  public static void install(CommandLine root) {
    root.setParameterExceptionHandler(ErrorHandling::usage);
    root.setExecutionExceptionHandler(ErrorHandling::execution);
    root.setExecutionStrategy(ErrorHandling::run);
  }

  /** Runs the command. If stdout did not take all data, it has failed, however it ended. */
  private static int run(ParseResult parsed) {
    int exit = new RunLast().execute(parsed);
    CommandLine root = parsed.commandSpec().commandLine();
    // Nobody misses the rest of a help that is piped into head.
    boolean isHelp = parsed.asCommandLineList().stream().anyMatch(ErrorHandling::isHelp);
    if (exit != ExitCode.OK.code() || isHelp || !root.getOut().checkError()) {
      return exit;
    }
    root.getErr().println("stdout can't be written: its reader has ended, or its disk is full");
    root.getErr().flush();
    return ExitCode.FAILURE.code();
  }

  private static boolean isHelp(CommandLine command) {
    return command.isUsageHelpRequested() || command.getCommand() instanceof HelpCommand;
  }

  private static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String text =
        e instanceof UnmatchedArgumentException unmatched
            ? unknown(command, unmatched.getUnmatched())
            : e.getMessage();
    // What a group does not know is found later than what its command misses.
    for (CommandLine group = command.getParent(); group != null; group = group.getParent()) {
      if (!group.getUnmatchedArguments().isEmpty()) {
        command = group;
        text = unknown(group, group.getUnmatchedArguments());
      }
    }
    PrintWriter words = command.getErr();
    words.println(text);
    words.println("See " + command.getCommandSpec().qualifiedName() + " --help");
    words.flush();
    return ExitCode.USAGE.code();
  }

  /** Names the first unknown argument, without its value, which may be a password. */
  private static String unknown(CommandLine line, List<String> unmatched) {
    CommandSpec command = line.getCommandSpec();
    String argument = unmatched.get(0);
    if (argument.startsWith("-")) {
      String name = argument.replaceFirst("=.*", "");
      return "unknown option "
          + name
          + behindACommand(name, command)
              .orElseGet(() -> suggestion(name, command.optionsMap().keySet()));
    }
    Set<String> commands = command.subcommands().keySet();
    if (commands.isEmpty()) {
      return "unexpected argument " + argument;
    }
    return "unknown command " + argument + suggestion(argument, commands);
  }

  /** That an option of a subcommand stands before its name. */
  private static Optional<String> behindACommand(String option, CommandSpec group) {
    return group.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> command.optionsMap().containsKey(option))
        .map(
            command ->
                "; it goes behind a command, as in " + command.qualifiedName() + " " + option)
        .findFirst();
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
