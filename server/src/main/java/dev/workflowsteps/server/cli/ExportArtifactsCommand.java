package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ArtifactExporter;
import dev.workflowsteps.server.document.ExportFailedException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code export-artifacts}. */
@Command(
    name = "export-artifacts",
    header = "Export the artifact records of an organization, for import-artifacts.",
    customSynopsis = {"workflow-steps export-artifacts --organization=ORG [--after=ID] [SETTINGS]"},
    description = {
      "%nWrites one record per line to stdout, byte for byte as stored, ordered by id. An export"
          + " that stops prints the --after option with which to continue.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps export-artifacts --organization acme | gzip > artifacts.ndjson.gz")
final class ExportArtifactsCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;

  @Option(names = "--after", paramLabel = "ID", description = "Start after this artifact.")
  private Optional<String> after = Optional.empty();

  ExportArtifactsCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    keyService(storage).requireOrganization(organization.name());
    ExportReport report = new ExportReport(progress());
    try {
      new ArtifactExporter(storage.stores().artifactStore())
          .run(organization.name(), after, context().output(), report);
    } catch (ExportFailedException e) {
      return report.failed(e);
    }
    return report.done();
  }
}
