package dev.workflowsteps.server.cli;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.StepRecorder;
import picocli.CommandLine.Command;

/** {@code import}. */
@Command(
    name = "import",
    header = "Import steps from files.",
    customSynopsis = {
      "workflow-steps import --organization=ORG [--create-organization] [SETTINGS]",
      "                             FILE..."
    },
    description = {
      "%nEach line of a file is one step as JSON. Lines are stored within a second, also while a"
          + " pipe stays open. Rejected lines are reported on stderr as FILE:LINE: field: reason; all"
          + " others are stored. Stdout gets the counts: new, changed, unchanged, stale (older than"
          + " the stored step) and rejected.%n",
      "After an interruption, run it again: steps that are stored already count as unchanged.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  workflow-steps import --organization acme steps.ndjson more.ndjson.gz",
      "  tail -n +1 -F steps.ndjson | workflow-steps import --organization acme -"
    })
final class ImportCommand extends ImportingCommand<WorkflowStep> {

  ImportCommand(CommandContext context) {
    super(context);
  }

  @Override
  Importer<WorkflowStep> importer(Storage storage) {
    return new Importer<>(StepReader::new, new StepRecorder(storage.stores().stepWriter())::record);
  }
}
