package dev.workflowsteps.server.cli;

import picocli.CommandLine.Option;

/** {@code --create-organization}. */
final class CreateOrganizationOption {

  @Option(
      names = "--create-organization",
      description =
          "Create the organization if it does not exist. Without this, an unknown name is an"
              + " error.")
  private boolean given;

  boolean given() {
    return given;
  }
}
