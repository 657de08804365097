package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.steps.StepsException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * A command that reads documents, one in each line, from files.
 *
 * @param <D> what a document becomes
 */
abstract class ImportingCommand<D> extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private CreateOrganizationOption createOrganization;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files of lines, plain or gzip; - is stdin.")
  private List<String> files;

  private List<ImportInput> inputs;

  ImportingCommand(CommandContext context) {
    super(context);
  }

  abstract Importer<D> importer(Storage storage);

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
    ImportReport report = new ImportReport(words(), context().terminal());
    ExitCode exit = read(importer(storage), report);
    report.finish(data());
    return exit;
  }

  private ExitCode read(Importer<D> importer, ImportReport report) {
    for (ImportInput input : inputs) {
      try {
        read(importer, input, report);
      } catch (ImportFailedException e) {
        words().println(input.name() + ": " + e.getMessage());
        return isOfTheDatabase(e.getCause()) ? ExitCode.DATABASE : ExitCode.FAILURE;
      } catch (InterruptedException e) {
        words().println("interrupted in " + input.name() + "; run this again to go on");
        return ExitCode.FAILURE;
      }
    }
    return report.counts().rejected() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private static boolean isOfTheDatabase(Throwable cause) {
    return cause instanceof StepsException failure
        && failure.reason() != StepsException.Reason.ORGANIZATION_GONE;
  }

  private void read(Importer<D> importer, ImportInput input, ImportReport report)
      throws ImportFailedException, InterruptedException {
    try (InputStream in = input.open(context().input());
        ImportReport.Listener listener = report.listenTo(input)) {
      importer.run(organization.name(), in, listener);
    } catch (IOException closing) {
      // All that was wanted of it has been read.
      words().println(input.name() + ": can't be closed (" + closing + ")");
    }
  }
}
