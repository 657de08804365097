package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StoredCounts;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code organizations delete}. */
@Command(
    name = "delete",
    header = "Delete an organization with everything it owns.",
    customSynopsis = {
      "workflow-steps organizations delete --organization=ORG [--dry-run] [--yes]",
      "                                           [SETTINGS]"
    },
    description = {
      "%nShows what is stored, asks, and deletes it for good: first the keys, which servers reject"
          + " within a second, then steps, payloads and artifacts, and last the name. Stop its"
          + " imports first. After an interruption, run it again.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps organizations delete --organization acme --dry-run")
final class OrganizationsDeleteCommand extends StorageCommand {

  private static final Duration TIMEOUT = Duration.ofDays(1);

  @Mixin private OrganizationOption organization;
  @Mixin private DeletionOptions deletion;

  OrganizationsDeleteCommand(CommandContext context) {
    super(context);
  }

  @Override
  void checkArguments() {
    deletion.check(context());
  }

  @Override
  ExitCode run(Storage storage) {
    String name = organization.name();
    keyService(storage).requireOrganization(name);
    DataDeletion dataDeletion = storage.stores().dataDeletion();
    int keys = storage.stores().keyStore().list(name).size();
    StoredCounts counts = dataDeletion.countOrganization(name, Call.within(TIMEOUT));
    if (deletion.dryRun()) {
      print(counts, keys);
      return ExitCode.OK;
    }
    words().println(line(counts, keys));
    if (!deletion.confirmed(context(), words())) {
      return ExitCode.FAILURE;
    }
    print(dataDeletion.deleteOrganization(name, this::progress, Call.within(TIMEOUT)), keys);
    return ExitCode.OK;
  }

  private void progress(StoredCounts deleted) {
    progress().update(() -> "deleted " + StoredCountsText.of(deleted));
  }

  private void print(StoredCounts counts, int keys) {
    progress().clear();
    data().println(line(counts, keys));
    data().flush();
  }

  private String line(StoredCounts counts, int keys) {
    return organization.name()
        + ": "
        + StoredCountsText.of(counts)
        + ", "
        + StoredCountsText.count(keys, "key");
  }
}
