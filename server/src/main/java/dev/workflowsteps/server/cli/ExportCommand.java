package dev.workflowsteps.server.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ArtifactExporter;
import dev.workflowsteps.server.document.ExportFailedException;
import dev.workflowsteps.server.document.ExportListener;
import dev.workflowsteps.server.document.StepExporter;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.TextValidator;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.stores.Stores;
import dev.workflowsteps.server.text.DateBound;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Exports documents to stdout, one per line, and reports progress and problems on stderr. */
abstract class ExportCommand extends OrganizationCommand implements ExportListener {

  /** The remedy is at the database. */
  private static final Set<FailedCallException.Reason> OF_THE_DATABASE =
      Set.of(FailedCallException.Reason.UNAVAILABLE, FailedCallException.Reason.NOT_MIGRATED);

  @Option(
      names = "--after",
      paramLabel = "CURSOR",
      description =
          "Continue an export that stopped: start after the cursor that it printed, with the same"
              + " filters.")
  private Optional<String> after = Optional.empty();

  private long documents;

  abstract void export(Stores stores, Optional<String> after) throws ExportFailedException;

  @Override
  final ExitCode run(Storage storage) {
    keyService(storage).requireOrganization(organization());
    try {
      export(storage.stores(), after);
    } catch (ExportFailedException e) {
      return failed(e);
    }
    progress().endProblems();
    progress().println(lines(documents) + " written");
    return progress().problems() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  @Override
  public final void altered(String document, String what) {
    progress().problem(document + ": " + what);
  }

  @Override
  public final void progress(long soFar, long bytes) {
    documents = soFar;
    progress()
        .update(() -> String.format(Locale.ROOT, "%,d lines written, %.0f MB", soFar, bytes / 1e6));
  }

  private ExitCode failed(ExportFailedException e) {
    Optional<FailedCallException.Reason> reason =
        e.getCause() instanceof FailedCallException cause
            ? Optional.of(cause.reason())
            : Optional.empty();
    String atLeast = e.written() > documents ? "at least " : "";
    progress()
        .println(
            e.getMessage()
                + "; "
                + atLeast
                + lines(e.written())
                + " written"
                + remedy(reason, e.cursor()));
    return reason.filter(OF_THE_DATABASE::contains).isPresent()
        ? ExitCode.DATABASE
        : ExitCode.FAILURE;
  }

  private String remedy(Optional<FailedCallException.Reason> reason, Optional<String> cursor) {
    if (reason.isPresent()) {
      switch (reason.get()) {
        case CURSOR_NOT_FOUND -> {
          return "; run it without --after";
        }
        case CURSOR_AMBIGUOUS, CURSOR_FILTER_MISMATCH -> {
          return "";
        }
        default -> {}
      }
    }
    if (documents == 0 || cursor.isEmpty()) {
      return "; run the same command again";
    }
    return String.format(
        Locale.ROOT,
        "; continue after line %,d with --after %s",
        documents,
        ShellWord.of(cursor.get()));
  }

  private static String lines(long number) {
    return String.format(Locale.ROOT, number == 1 ? "%,d line" : "%,d lines", number);
  }

  @Command(
      name = "export",
      header = "Export the steps of an organization to a file that import reads.",
      customSynopsis = {
        "workflow-steps export --organization=ORG [FILTERS] [--after=CURSOR] [SETTINGS]"
      },
      description = {
        "%nWrites one step per line to stdout, in list order, with its payloads byte for byte. A"
            + " payload that is unavailable is left out, line breaks inside a payload become"
            + " spaces, and white space around it is lost on import; each is reported on stderr. An"
            + " export that stops prints the --after option"
            + " with which to continue.%n"
      },
      footerHeading = "Example:%n",
      footer =
          "  workflow-steps export --organization acme --status error | gzip > errors.ndjson.gz")
  static final class Steps extends ExportCommand {

    private static final TextValidator ID =
        TextValidator.of(ListWorkflowStepsRequest.getDescriptor().findFieldByName("run_id"));

    private static final FieldDescriptor SORT_BY =
        ListWorkflowStepsRequest.getDescriptor().findFieldByName("sort_by");

    @Option(names = "--run-id", paramLabel = "ID", description = "Only steps of this run.")
    private Optional<String> runId = Optional.empty();

    @Option(
        names = "--workflow-id",
        paramLabel = "ID",
        description = "Only steps of this workflow.")
    private Optional<String> workflowId = Optional.empty();

    @Option(names = "--block-id", paramLabel = "ID", description = "Only steps of this block.")
    private Optional<String> blockId = Optional.empty();

    @Option(names = "--step-id", paramLabel = "ID", description = "Only steps with this id.")
    private Optional<String> stepId = Optional.empty();

    @Option(
        names = "--block-type",
        split = ",",
        paramLabel = "TYPE",
        description = "Only steps of these block types.")
    private List<String> blockTypes = List.of();

    @Option(
        names = "--status",
        split = ",",
        paramLabel = "STATUS",
        description = "Only steps with one of these statuses.")
    private List<String> statuses = List.of();

    @Option(
        names = "--exclude-status",
        split = ",",
        paramLabel = "STATUS",
        description = "No steps with one of these statuses. Not together with --status.")
    private List<String> excludedStatuses = List.of();

    @Option(
        names = "--sort-by",
        paramLabel = "WORD",
        description =
            "The time that --from-date and --to-date bound, and that orders the lines: started_at"
                + " (the default), or ended_at, the end of steps in a final state.")
    private String sortBy = Words.of(SORT_BY).all().get(0);

    @Option(
        names = "--from-date",
        paramLabel = "TIME",
        description =
            "Only steps that started (or ended, by --sort-by) at this time or later: RFC 3339 with"
                + " an offset, or a date, which begins at 00:00 UTC. Steps without that time are"
                + " left out.")
    private Optional<String> fromDate = Optional.empty();

    @Option(
        names = "--to-date",
        paramLabel = "TIME",
        description =
            "Only steps that started (or ended, by --sort-by) before this time, or on this date"
                + " (UTC) or earlier. Steps without that time are left out.")
    private Optional<String> toDate = Optional.empty();

    @Override
    void checkArguments() {
      requireId("--run-id", runId);
      requireId("--workflow-id", workflowId);
      requireId("--block-id", blockId);
      requireId("--step-id", stepId);
      requireKnown("--block-type", blockTypes, Words.BLOCK_TYPE);
      requireKnown("--status", statuses, Words.STATUS);
      requireKnown("--exclude-status", excludedStatuses, Words.STATUS);
      requireKnown("--sort-by", List.of(sortBy), Words.of(SORT_BY));
      if (!statuses.isEmpty() && !excludedStatuses.isEmpty()) {
        throw usage("--exclude-status: given together with --status (expected: one of them)");
      }
      if (times().filter(TimeRange::isEmpty).isPresent()) {
        throw rejected("--to-date", toDate.orElseThrow(), "a time after --from-date");
      }
    }

    @Override
    void export(Stores stores, Optional<String> after) throws ExportFailedException {
      StepFilter filter =
          StepFilter.all(organization())
              .withRunId(runId)
              .withWorkflowId(workflowId)
              .withBlockId(blockId)
              .withStepId(stepId)
              .withBlockTypes(blockTypes.stream().distinct().sorted().toList())
              .withStatuses(statuses.stream().distinct().sorted().toList())
              .withExcludedStatuses(excludedStatuses.stream().distinct().sorted().toList())
              .withSortBy(SortBy.valueOf(sortBy.toUpperCase(Locale.ROOT)))
              .withTimes(times());
      new StepExporter(stores.stepStore(), stores.payloadStore(), context().documents())
          .run(filter, after, context().output(), this);
    }

    private void requireId(String option, Optional<String> given) {
      given
          .flatMap(ID::check)
          .ifPresent(
              rejection -> {
                throw usage(rejection.in(option).sentence());
              });
    }

    private Optional<TimeRange> times() {
      return TimeRange.between(bound("--from-date", fromDate), bound("--to-date", toDate));
    }

    private Optional<DateBound> bound(String option, Optional<String> given) {
      return given.map(
          text ->
              DateBound.parse(text)
                  .orElseThrow(() -> rejected(option, text, DateBound.expected(text))));
    }

    private ParameterException rejected(String option, String text, String expected) {
      return usage(Rejection.text(option, text, expected).sentence());
    }

    private void requireKnown(String option, List<String> given, Words known) {
      for (String word : given) {
        if (!known.contains(word)) {
          throw usage(Rejection.word(option, word, known).sentence());
        }
      }
    }
  }

  @Command(
      name = "export-artifacts",
      header = "Export the artifacts of an organization to a file that import-artifacts reads.",
      customSynopsis =
          "workflow-steps export-artifacts --organization=ORG [--after=CURSOR] [SETTINGS]",
      description = {
        "%nWrites one artifact per line to stdout, byte for byte as stored, ordered by id. An export"
            + " that stops prints the --after option with which to continue.%n"
      },
      footerHeading = "Example:%n",
      footer = "  workflow-steps export-artifacts --organization acme | gzip > artifacts.ndjson.gz")
  static final class Artifacts extends ExportCommand {

    @Override
    void export(Stores stores, Optional<String> after) throws ExportFailedException {
      new ArtifactExporter(stores.artifactStore())
          .run(organization(), after, context().output(), this);
    }
  }
}
