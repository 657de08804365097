package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StepsException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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
final class ImportCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private CreateOrganizationOption createOrganization;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files of lines, plain or gzip; - is stdin.")
  private List<String> files;

  private List<ImportInput> inputs;

  ImportCommand(Environment environment) {
    super(environment);
  }

  @Override
  void checkArguments() {
    inputs = files.stream().map(ImportInput::of).toList();
    if (inputs.stream().filter(ImportInput::isStdin).count() > 1) {
      throw usage("FILE: - given several times (expected: once, stdin can't be read again)");
    }
  }

  @Override
  ExitCode run(Storage storage) {
    if (keyService(storage).ensureOrganization(organization.name(), createOrganization.given())) {
      words().println("organization " + organization.name() + " made");
    }
    ImportReport report = new ImportReport(words(), environment().terminal());
    ExitCode exit = read(new Importer(new StepRecorder(storage.steps())), report);
    report.finish(data());
    return exit;
  }

  private ExitCode read(Importer importer, ImportReport report) {
    for (ImportInput input : inputs) {
      try {
        read(importer, input, report);
      } catch (ImportFailedException e) {
        words().println(input.name() + ": " + e.getMessage());
        return e.getCause() instanceof StepsException ? ExitCode.DATABASE : ExitCode.FAILURE;
      } catch (InterruptedException e) {
        words().println("interrupted in " + input.name() + "; run this again to go on");
        return ExitCode.FAILURE;
      }
    }
    return report.counts().rejected() > 0 ? ExitCode.PARTIAL_IMPORT : ExitCode.OK;
  }

  private void read(Importer importer, ImportInput input, ImportReport report)
      throws ImportFailedException, InterruptedException {
    try (InputStream in = input.open(environment().input());
        ImportReport.Listener listener = report.listenTo(input)) {
      importer.run(organization.name(), in, listener);
    } catch (IOException closing) {
      // All that was wanted of it has been read.
      words().println(input.name() + ": can't be closed (" + closing + ")");
    }
  }
}
