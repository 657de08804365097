package dev.workflowsteps.server.cli;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ExportFailedException;
import dev.workflowsteps.server.document.StepExporter;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.TextValidator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code export}. */
@Command(
    name = "export",
    header = "Export the steps of an organization, for import.",
    customSynopsis = {
      "workflow-steps export --organization=ORG [FILTERS] [--after=CURSOR] [SETTINGS]"
    },
    description = {
      "%nWrites one step per line to stdout, in list order, with its payloads byte for byte. Leaves"
          + " out payloads that are unavailable, and reports them, and white space that a line can't"
          + " hold, on stderr. An export that stops prints the --after option with which to"
          + " continue.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps export --organization acme --status error | gzip > errors.ndjson.gz")
final class ExportCommand extends StorageCommand {

  private static final TextValidator ID =
      TextValidator.of(ListWorkflowStepsRequest.getDescriptor().findFieldByName("run_id"));

  @Mixin private OrganizationOption organization;

  @Option(names = "--run-id", paramLabel = "ID", description = "Only steps of this run.")
  private Optional<String> runId = Optional.empty();

  @Option(names = "--workflow-id", paramLabel = "ID", description = "Only steps of this workflow.")
  private Optional<String> workflowId = Optional.empty();

  @Option(names = "--block-id", paramLabel = "ID", description = "Only steps of this block.")
  private Optional<String> blockId = Optional.empty();

  @Option(names = "--step-id", paramLabel = "ID", description = "Only steps with this id.")
  private Optional<String> stepId = Optional.empty();

  @Option(
      names = "--block-type",
      split = ",",
      paramLabel = "TYPE",
      description = "Only steps of any of these types.")
  private List<String> blockTypes = List.of();

  @Option(
      names = "--status",
      split = ",",
      paramLabel = "STATUS",
      description = "Only steps in any of these states.")
  private List<String> statuses = List.of();

  @Option(
      names = "--after",
      paramLabel = "CURSOR",
      description = "Start after this cursor; the filters must be the same.")
  private Optional<String> after = Optional.empty();

  ExportCommand(CommandContext context) {
    super(context);
  }

  @Override
  void checkArguments() {
    requireId("--run-id", runId);
    requireId("--workflow-id", workflowId);
    requireId("--block-id", blockId);
    requireId("--step-id", stepId);
    requireKnown("--block-type", blockTypes, Words.BLOCK_TYPE);
    requireKnown("--status", statuses, Words.STATUS);
  }

  @Override
  ExitCode run(Storage storage) {
    keyService(storage).requireOrganization(organization.name());
    StepFilter filter =
        StepFilter.all(organization.name())
            .withRunId(runId)
            .withWorkflowId(workflowId)
            .withBlockId(blockId)
            .withStepId(stepId)
            .withBlockTypes(blockTypes.stream().distinct().sorted().toList())
            .withStatuses(statuses.stream().distinct().sorted().toList());
    ExportReport report = new ExportReport(progress());
    StepExporter exporter =
        new StepExporter(
            storage.stores().stepStore(), storage.stores().payloadStore(), context().documents());
    try {
      exporter.run(filter, after, context().output(), report);
    } catch (ExportFailedException e) {
      return report.failed(e);
    }
    return report.done();
  }

  private void requireId(String option, Optional<String> given) {
    given
        .flatMap(ID::check)
        .ifPresent(
            rejection -> {
              throw usage(rejection.in(option).sentence());
            });
  }

  private void requireKnown(String option, List<String> given, Words known) {
    given.stream()
        .filter(word -> !known.contains(word))
        .findFirst()
        .ifPresent(
            word -> {
              throw usage(Rejection.word(option, word, known).sentence());
            });
  }
}
