package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.UnsupportedInputException;
import dev.workflowsteps.server.steps.StepsException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * A command that imports documents from files, one per line.
 *
 * @param <D> the type of a document
 */
abstract class ImportingCommand<D> extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private CreateOrganizationOption createOrganization;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files with one JSON object per line, plain or gzip; - is stdin.")
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
      throw usage("FILE: - given several times (expected: once; stdin can be read only once)");
    }
  }

  @Override
  ExitCode run(Storage storage) {
    if (keyService(storage).ensureOrganization(organization.name(), createOrganization.given())) {
      words().println("organization " + organization.name() + " created");
    }
    ImportReport report = new ImportReport(progress());
    ExitCode exit = read(importer(storage), report);
    report.finish(data());
    return exit;
  }

  private ExitCode read(Importer<D> importer, ImportReport report) {
    for (ImportInput input : inputs) {
      try {
        read(importer, input, report);
      } catch (ImportFailedException e) {
        progress().println(input.name() + ": " + sentence(e, input));
        listUnread(input);
        return isOfTheDatabase(e.getCause()) ? ExitCode.DATABASE : ExitCode.FAILURE;
      } catch (InterruptedException e) {
        progress().println("interrupted in " + input.name() + "; run this again to continue");
        listUnread(input);
        return ExitCode.FAILURE;
      }
    }
    return report.counts().rejected() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private static String sentence(ImportFailedException e, ImportInput input) {
    return e.getCause() instanceof UnsupportedInputException other
        ? other.sentence(input.shellWord())
        : e.getMessage();
  }

  /** Names the files after the one that the import stopped at. */
  private void listUnread(ImportInput stopped) {
    List<ImportInput> unread = inputs.subList(inputs.indexOf(stopped) + 1, inputs.size());
    if (!unread.isEmpty()) {
      words()
          .println(
              "not read: "
                  + unread.stream().map(ImportInput::name).collect(Collectors.joining(", ")));
    }
  }

  private static boolean isOfTheDatabase(Throwable cause) {
    return cause instanceof StepsException failure
        && failure.reason() != StepsException.Reason.ORGANIZATION_GONE;
  }

  private void read(Importer<D> importer, ImportInput input, ImportReport report)
      throws ImportFailedException, InterruptedException {
    try (InputStream in = input.open(context().input())) {
      importer.run(organization.name(), in, report.listenTo(input));
    } catch (IOException closing) {
      // Everything in it has been read.
      words().println(input.name() + ": can't be closed (" + closing + ")");
    }
  }
}
