package dev.workflowsteps.server.cli;

import picocli.CommandLine.Command;

/** {@code runs}. */
@Command(
    name = "runs",
    header = "Delete runs.",
    customSynopsis = "workflow-steps runs delete --organization=ORG ...")
final class RunsCommand extends GroupCommand {}
