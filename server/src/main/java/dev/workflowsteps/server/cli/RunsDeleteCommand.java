package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StoredCounts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code runs delete}. */
@Command(
    name = "delete",
    header = "Delete runs with their steps, payloads and artifacts.",
    customSynopsis = {
      "workflow-steps runs delete --organization=ORG [--dry-run] [--yes] [SETTINGS]",
      "                                  RUN_ID..."
    },
    description = {
      "%nShows what is stored, asks, and deletes it for good, each run as a whole. If one of the"
          + " runs does not exist, nothing is deleted.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps runs delete --organization acme run_abc123xyz")
final class RunsDeleteCommand extends StorageCommand {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  @Mixin private OrganizationOption organization;
  @Mixin private DeletionOptions deletion;

  @Parameters(arity = "1..*", paramLabel = "RUN_ID", description = "The runs to delete.")
  private List<String> runIds;

  RunsDeleteCommand(CommandContext context) {
    super(context);
  }

  @Override
  void checkArguments() {
    deletion.check(context());
  }

  @Override
  ExitCode run(Storage storage) {
    DataDeletion dataDeletion = storage.stores().dataDeletion();
    Map<String, StoredCounts> runs = new LinkedHashMap<>();
    for (String runId : runIds) {
      StoredCounts counts = dataDeletion.countRun(organization.name(), runId, Call.within(TIMEOUT));
      runs.put(runId, counts);
    }
    List<String> unknown =
        runs.keySet().stream().filter(runId -> runs.get(runId).equals(StoredCounts.NONE)).toList();
    if (!unknown.isEmpty()) {
      unknown.forEach(
          runId -> words().println("organization " + organization.name() + " has no run " + runId));
      return ExitCode.FAILURE;
    }
    if (deletion.dryRun()) {
      runs.forEach(this::print);
      return ExitCode.OK;
    }
    runs.forEach((runId, counts) -> words().println(line(runId, counts)));
    if (!deletion.confirmed(context(), words())) {
      return ExitCode.FAILURE;
    }
    for (String runId : runs.keySet()) {
      print(runId, dataDeletion.deleteRun(organization.name(), runId, Call.within(TIMEOUT)));
    }
    return ExitCode.OK;
  }

  private void print(String runId, StoredCounts counts) {
    data().println(line(runId, counts));
    data().flush();
  }

  private static String line(String runId, StoredCounts counts) {
    return runId + ": " + StoredCountsText.of(counts);
  }
}
