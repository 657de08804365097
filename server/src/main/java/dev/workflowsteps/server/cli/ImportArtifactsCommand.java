package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.Importer;
import picocli.CommandLine.Command;

/** {@code import-artifacts}. */
@Command(
    name = "import-artifacts",
    header = "Read artifact records from files into an organization.",
    customSynopsis = {
      "workflow-steps import-artifacts --organization=ORG [--create-organization]",
      "                                       [SETTINGS] FILE..."
    },
    description = {
      "%nEach line of a file is the record of what one step produced, as JSON: operation, id,"
          + " run_id, step_id, created_at, and whatever else the operation has to say. It is kept"
          + " byte for byte. A record whose id is there already replaces it; in all else this is"
          + " like import. The steps may come before or after.%n"
    },
    footerHeading = "%nExample:%n",
    footer = {"  workflow-steps import-artifacts --organization acme artifacts.ndjson.gz"})
final class ImportArtifactsCommand extends ImportingCommand<Artifact> {

  ImportArtifactsCommand(CommandContext context) {
    super(context);
  }

  @Override
  Importer<Artifact> importer(Storage storage) {
    return new Importer<>(ArtifactReader::new, new ArtifactRecorder(storage.artifacts())::record);
  }
}
