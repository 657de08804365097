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
    header = "Write the artifact records of an organization as lines that import-artifacts reads.",
    customSynopsis = {"workflow-steps export-artifacts --organization=ORG [--after=ID] [SETTINGS]"},
    description = {
      "%nEach record is one line of JSON on stdout, byte for byte, in the order of their ids. When"
          + " an export is interrupted it tells the id behind which the rest is written.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps export-artifacts --organization acme | gzip > artifacts.ndjson.gz")
final class ExportArtifactsCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;

  @Option(names = "--after", paramLabel = "ID", description = "Begin behind this artifact.")
  private Optional<String> after = Optional.empty();

  ExportArtifactsCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    keyService(storage).requireOrganization(organization.name());
    ExportReport report = new ExportReport(progress());
    try {
      new ArtifactExporter(storage.artifactStore())
          .run(organization.name(), after, context().output(), report);
    } catch (ExportFailedException e) {
      return report.failed(e);
    }
    return report.done();
  }
}
