package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepRecorder;
import picocli.CommandLine.Command;

/** {@code import}. */
@Command(
    name = "import",
    header = "Read step documents from files into an organization.",
    customSynopsis = {
      "workflow-steps import --organization=ORG [--create-organization] [SETTINGS]",
      "                             FILE..."
    },
    description = {
      "%nEach line of a file is one step as JSON. What is read is stored within a second, also"
          + " while a pipe stays open. A line that isn't acceptable is told on stderr as FILE:LINE:"
          + " field: reason, and the others are stored all the same. The counts on stdout: new"
          + " steps, changed ones, unchanged ones, stale lines (older than what is stored),"
          + " rejected lines.%n",
      "To go on after an interruption run it again: what is stored already costs little and"
          + " changes nothing.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  workflow-steps import --organization acme steps.ndjson more.ndjson.gz",
      "  tail -n +1 -F steps.ndjson | workflow-steps import --organization acme -"
    })
final class ImportCommand extends ImportingCommand<Step> {

  ImportCommand(CommandContext context) {
    super(context);
  }

  @Override
  Importer<Step> importer(Storage storage) {
    return new Importer<>(StepReader::new, new StepRecorder(storage.steps())::record);
  }
}
