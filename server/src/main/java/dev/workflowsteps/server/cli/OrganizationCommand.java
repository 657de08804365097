package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.OrganizationName;
import picocli.CommandLine.Option;

/** A command that uses the stored data of one organization. */
abstract class OrganizationCommand extends StorageCommand {

  static final String CREATE_ORGANIZATION_HELP =
      "Create the organization if it does not exist. Without this, an unknown name is an error.";

  private String organization;

  @Option(
      names = "--organization",
      required = true,
      paramLabel = "ORG",
      description = "The organization: 1 to 63 of a-z, 0-9, _ and -, not starting with _ or -.")
  void setOrganization(String name) {
    if (!OrganizationName.isValid(name)) {
      throw usage("--organization: " + name + " (expected: " + OrganizationName.EXPECTED + ")");
    }
    organization = name;
  }

  final String organization() {
    return organization;
  }

  /** Fails if the organization does not exist, unless it may be created. */
  final void ensureOrganization(KeyService service, boolean create) {
    if (service.ensureOrganization(organization, create)) {
      words().println("organization " + organization + " created");
    }
  }
}
