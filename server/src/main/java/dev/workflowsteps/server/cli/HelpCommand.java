package dev.workflowsteps.server.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code help}. Unlike picocli's, it knows the commands of a group, as in {@code help keys list}.
 */
@Command(
    name = "help",
    header = "Show the help of a command.",
    customSynopsis = "workflow-steps help [COMMAND]...",
    description = "%nThe same as COMMAND --help.%n",
    footerHeading = "Example:%n",
    footer = "  workflow-steps help keys create")
final class HelpCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Default: the program.")
  private List<String> names = List.of();

  @Override
  public void run() {
    CommandLine command = spec.commandLine().getParent();
    for (String name : names) {
      CommandLine next = command.getSubcommands().get(name);
      if (next == null) {
        throw new UnmatchedArgumentException(command, List.of(name));
      }
      command = next;
    }
    command.usage(spec.commandLine().getOut());
  }
}
