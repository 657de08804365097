package dev.workflowsteps.server.cli;

import picocli.CommandLine.Command;

/** {@code organizations}. */
@Command(
    name = "organizations",
    header = "Delete an organization.",
    customSynopsis = "workflow-steps organizations delete --organization=ORG ...")
final class OrganizationsCommand extends GroupCommand {}
