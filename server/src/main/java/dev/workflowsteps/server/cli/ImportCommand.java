package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.document.UnsupportedInputException;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.stores.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports documents from files, one per line, and reports rejected lines, progress and counts. */
abstract class ImportCommand extends OrganizationCommand {

  private static final double MEGABYTE = 1e6;

  @Option(names = "--create-organization", description = CREATE_ORGANIZATION_HELP)
  private boolean createOrganization;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files with one JSON object per line, plain or gzip; - is stdin.")
  private List<String> files;

  @Mixin private OutputOption output;

  private List<ImportInput> inputs;

  /** Of all files so far. */
  private ImportCounts counts = ImportCounts.NONE;

  abstract Importer<?> importer(Stores stores);

  @Override
  final void checkArguments() {
    inputs = files.stream().map(ImportInput::of).toList();
    if (inputs.stream().filter(ImportInput::isStdin).count() > 1) {
      throw usage("FILE: - given several times (expected: once; stdin can be read only once)");
    }
  }

  @Override
  final ExitCode run(Storage storage) {
    ensureOrganization(keyService(storage), createOrganization);
    ExitCode exit = read(importer(storage.stores()));
    progress().endProblems();
    progress().clear();
    data().println(output.isJson() ? json() : text());
    return exit;
  }

  private JsonRow json() {
    return new JsonRow()
        .add("new", counts.added())
        .add("changed", counts.changed())
        .add("unchanged", counts.unchanged())
        .add("stale", counts.stale())
        .add("rejected", counts.rejected());
  }

  private String text() {
    return "new %d, changed %d, unchanged %d, stale %d, rejected %d"
        .formatted(
            counts.added(),
            counts.changed(),
            counts.unchanged(),
            counts.stale(),
            counts.rejected());
  }

  private ExitCode read(Importer<?> importer) {
    for (ImportInput input : inputs) {
      try (InputStream in = input.open(context().input())) {
        importer.run(organization(), in, listener(input));
      } catch (ImportFailedException e) {
        progress().println(input.name() + ": " + sentence(e, input));
        listUnread(input);
        return isOfTheDatabase(e.getCause()) ? ExitCode.DATABASE : ExitCode.FAILURE;
      } catch (InterruptedException e) {
        progress().println("interrupted in " + input.name() + "; run this again to continue");
        listUnread(input);
        return ExitCode.FAILURE;
      } catch (IOException closing) {
        // Everything in it has been read.
        progress().println(input.name() + ": can't be closed (" + closing + ")");
      }
    }
    return counts.rejected() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private ImportListener listener(ImportInput input) {
    ImportCounts before = counts;
    OptionalLong size = input.size();
    ProgressLine line = progress();
    return new ImportListener() {
      @Override
      public void rejected(long number, Rejection rejection) {
        line.problem(input.name() + ":" + number + ": " + rejection.sentence());
      }

      @Override
      public void progress(ImportCounts sinceBegin, long bytes) {
        counts = before.plus(sinceBegin);
        line.update(() -> text(input.shortName(), bytes, size, sinceBegin.lines()));
      }
    };
  }

  /** For example {@code steps.ndjson: 3 of 4 MB (75 %), 1,234 lines}. */
  static String text(String name, long bytes, OptionalLong size, long lines) {
    String share =
        size.isPresent() && size.getAsLong() > 0
            ? String.format(
                Locale.ROOT,
                " of %.0f MB (%d %%)",
                size.getAsLong() / MEGABYTE,
                Math.min(100, 100 * bytes / size.getAsLong()))
            : " MB";
    return String.format(
        Locale.ROOT, "%s: %.0f%s, %,d lines", name, bytes / MEGABYTE, share, lines);
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
      progress()
          .println(
              "not read: "
                  + unread.stream().map(ImportInput::name).collect(Collectors.joining(", ")));
    }
  }

  private static boolean isOfTheDatabase(Throwable cause) {
    return cause instanceof FailedCallException failure
        && failure.reason() != FailedCallException.Reason.ORGANIZATION_GONE;
  }

  @Command(
      name = "import",
      header = "Import steps from files.",
      customSynopsis = {
        "workflow-steps import --organization=ORG [--create-organization]",
        "                             [--output=FORMAT] [SETTINGS] FILE..."
      },
      description = {
        "%nEach line of a file is one step as JSON. Lines are stored within a second, even while a"
            + " pipe stays open. Rejected lines are reported on stderr as FILE:LINE: field: reason;"
            + " the others are stored. Stdout gets the counts: new, changed, unchanged, stale (older"
            + " than the stored step) and rejected.%n",
        "After an interruption, run it again: steps that are already stored count as unchanged.%n"
      },
      footerHeading = "Examples:%n",
      footer = {
        "  workflow-steps import --organization acme steps.ndjson more.ndjson.gz",
        "  tail -n +1 -F steps.ndjson | workflow-steps import --organization acme -"
      })
  static final class Steps extends ImportCommand {

    @Override
    Importer<?> importer(Stores stores) {
      return new Importer<>(StepReader::new, new StepRecorder(stores.stepWriter())::record);
    }
  }

  @Command(
      name = "import-artifacts",
      header = "Import artifacts from files.",
      customSynopsis = {
        "workflow-steps import-artifacts --organization=ORG [--create-organization]",
        "                                       [--output=FORMAT] [SETTINGS] FILE..."
      },
      description = {
        "%nEach line of a file is one artifact as JSON, with at least operation, id, run_id, step_id"
            + " and created_at. It is stored byte for byte and replaces the stored artifact with the"
            + " same id. Steps and artifacts can be imported in either order. The rest works like"
            + " import.%n"
      },
      footerHeading = "Example:%n",
      footer = "  workflow-steps import-artifacts --organization acme artifacts.ndjson.gz")
  static final class Artifacts extends ImportCommand {

    @Override
    Importer<?> importer(Stores stores) {
      return new Importer<>(
          ArtifactReader::new, new ArtifactRecorder(stores.artifactWriter())::record);
    }
  }
}
