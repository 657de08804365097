package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code version}. */
@Command(name = "version", header = "Show the version of the program and of Java.")
final class VersionCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  VersionCommand(Environment environment) {
    this.environment = environment;
  }

  static String text(Environment environment) {
    return "workflow-steps " + environment.version() + ", Java " + Runtime.version();
  }

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(text(environment));
    return ExitCode.OK.code();
  }
}
