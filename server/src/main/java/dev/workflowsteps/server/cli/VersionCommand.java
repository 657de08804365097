package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code version}. */
@Command(name = "version", header = "Print the version of the program and of Java.")
final class VersionCommand implements Callable<Integer> {

  private final CommandContext context;

  @Spec private CommandSpec spec;

  VersionCommand(CommandContext context) {
    this.context = context;
  }

  static String text(CommandContext context) {
    return "workflow-steps " + context.version() + ", Java " + Runtime.version();
  }

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(text(context));
    return ExitCode.OK.code();
  }
}
