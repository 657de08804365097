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
    header = "Delete an organization with all that it owns.",
    customSynopsis = {
      "workflow-steps organizations delete --organization=ORG [--dry-run] [--yes]",
      "                                           [SETTINGS]"
    },
    description = {
      "%nTells what is stored of it, asks, and deletes it for good: first its keys, which are"
          + " refused within a second, then its steps, payloads and artifacts, at last its name."
          + " Stop its imports before. To go on after an interruption run it again.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps organizations delete --organization acme --dry-run")
final class OrganizationsDeleteCommand extends StorageCommand {

  private static final Duration TIMEOUT = Duration.ofDays(1);

  @Mixin private OrganizationOption organization;
  @Mixin private DeletionOptions deletion;

  OrganizationsDeleteCommand(Environment environment) {
    super(environment);
  }

  @Override
  void checkArguments() {
    deletion.check(environment());
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
    if (!deletion.confirmed(environment(), words())) {
      return ExitCode.FAILURE;
    }
    print(dataDeletion.deleteOrganization(name, this::progress, Call.within(TIMEOUT)), keys);
    return ExitCode.OK;
  }

  private void progress(StoredCounts deleted) {
    if (environment().terminal()) {
      words().print(Terminal.CLEAR_LINE + StoredCountsText.of(deleted));
      words().flush();
    }
  }

  private void print(StoredCounts counts, int keys) {
    if (environment().terminal()) {
      words().print(Terminal.CLEAR_LINE);
      words().flush();
    }
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
