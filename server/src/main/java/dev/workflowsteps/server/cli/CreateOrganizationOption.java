package dev.workflowsteps.server.cli;

import picocli.CommandLine.Option;

/** {@code --create-organization}. */
final class CreateOrganizationOption {

  @Option(
      names = "--create-organization",
      description =
          "Make the organization if there is none of that name. Without this a misspelt name is"
              + " refused.")
  private boolean given;

  boolean given() {
    return given;
  }
}
