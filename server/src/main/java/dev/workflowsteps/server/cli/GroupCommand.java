package dev.workflowsteps.server.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What holds several commands together, and does nothing itself. */
abstract class GroupCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public final void run() {
    throw new ParameterException(
        spec.commandLine(),
        spec.name()
            + ": no command given (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + ")");
  }
}
