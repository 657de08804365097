package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.Importer;
import picocli.CommandLine.Command;

/** {@code import-artifacts}. */
@Command(
    name = "import-artifacts",
    header = "Import artifact records from files.",
    customSynopsis = {
      "workflow-steps import-artifacts --organization=ORG [--create-organization]",
      "                                       [SETTINGS] FILE..."
    },
    description = {
      "%nEach line of a file is one record as JSON: operation, id, run_id, step_id, created_at, and"
          + " the fields of its operation. Records are stored byte for byte; one with a known id"
          + " replaces the stored one. Steps may be imported before or after. Otherwise this works"
          + " like import.%n"
    },
    footerHeading = "%nExample:%n",
    footer = {"  workflow-steps import-artifacts --organization acme artifacts.ndjson.gz"})
final class ImportArtifactsCommand extends ImportingCommand<Artifact> {

  ImportArtifactsCommand(CommandContext context) {
    super(context);
  }

  @Override
  Importer<Artifact> importer(Storage storage) {
    return new Importer<>(
        ArtifactReader::new, new ArtifactRecorder(storage.stores().artifactWriter())::record);
  }
}
