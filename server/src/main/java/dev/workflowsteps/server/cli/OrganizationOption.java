package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.OrganizationName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --organization}. */
final class OrganizationOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private String name;

  @Option(
      names = "--organization",
      required = true,
      paramLabel = "ORG",
      description = "The organization: 1 to 63 of a-z, 0-9, _ and -.")
  void read(String text) {
    if (!OrganizationName.isValid(text)) {
      throw new ParameterException(
          command.commandLine(),
          "--organization: " + text + " (expected: " + OrganizationName.EXPECTED + ")");
    }
    name = text;
  }

  String name() {
    return name;
  }
}
