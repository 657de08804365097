package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.Audit;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StoredCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what would be deleted, and deletes it only once that is confirmed. */
abstract class DeleteCommand extends OrganizationCommand {

  private static final Set<String> YES = Set.of("y", "yes");

  @Option(names = "--dry-run", description = "Only show what would be deleted.")
  private boolean dryRun;

  @Option(
      names = "--yes",
      description = "Delete without asking. Required where there is no terminal.")
  private boolean yes;

  @Mixin private OutputOption output;

  /** What would be deleted. */
  abstract List<Holding> find(Storage storage);

  /** Deletes it, and prints what was deleted as data. */
  abstract void delete(Storage storage);

  @Override
  final void checkArguments() {
    if (!dryRun && !yes && !context().terminal()) {
      throw usage(
          "--yes: missing (required without a terminal; --dry-run shows what would be deleted)");
    }
  }

  @Override
  final ExitCode run(Storage storage) {
    List<Holding> found = find(storage);
    if (dryRun) {
      found.forEach(this::print);
      return ExitCode.OK;
    }
    found.forEach(holding -> words().println(holding.text()));
    if (!yes && !confirmed()) {
      words().println("nothing deleted");
      return ExitCode.FAILURE;
    }
    delete(storage);
    return ExitCode.OK;
  }

  final void print(Holding holding) {
    data().println(output.isJson() ? holding.json() : holding.text());
  }

  private boolean confirmed() {
    words().print("Delete this for good? [y/N] ");
    words().flush();
    FutureTask<String> answer = new FutureTask<>(this::answer);
    // Nothing interrupts who reads from a terminal, and Ctrl-C must not wait for an answer.
    Thread reader = new Thread(answer, "answer");
    reader.setDaemon(true);
    reader.start();
    try {
      return YES.contains(answer.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      words().println();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String answer() {
    Scanner input = new Scanner(context().input(), StandardCharsets.UTF_8);
    return input.hasNextLine() ? input.nextLine().strip().toLowerCase(Locale.ROOT) : "";
  }

  @Command(
      name = "delete",
      header = "Delete runs with their steps, payloads and artifacts.",
      customSynopsis = {
        "workflow-steps runs delete --organization=ORG [--dry-run] [--yes]",
        "                                  [--output=FORMAT] [SETTINGS] RUN_ID..."
      },
      description = {
        "%nShows what is stored, asks, and deletes it for good, each run as a whole. If one of the"
            + " runs does not exist, nothing is deleted.%n"
      },
      footerHeading = "Example:%n",
      footer = "  workflow-steps runs delete --organization acme run_abc123xyz")
  static final class Runs extends DeleteCommand {

    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    @Parameters(arity = "1..*", paramLabel = "RUN_ID", description = "The runs to delete.")
    private List<String> runIds;

    @Override
    List<Holding> find(Storage storage) {
      DataDeletion deletion = storage.stores().dataDeletion();
      Map<String, StoredCounts> runs = new LinkedHashMap<>();
      for (String id : runIds) {
        runs.put(id, deletion.countRun(organization(), id, within(TIMEOUT)));
      }
      String unknown =
          runs.keySet().stream()
              .filter(id -> runs.get(id).equals(StoredCounts.NONE))
              .map(id -> "organization " + organization() + " has no run " + id)
              .collect(Collectors.joining(System.lineSeparator()));
      if (!unknown.isEmpty()) {
        throw new StartupException(ExitCode.FAILURE, unknown);
      }
      return runs.entrySet().stream()
          .map(run -> Holding.run(run.getKey(), run.getValue()))
          .toList();
    }

    @Override
    void delete(Storage storage) {
      DataDeletion deletion = storage.stores().dataDeletion();
      for (String id : runIds.stream().distinct().toList()) {
        print(Holding.run(id, deletion.deleteRun(organization(), id, within(TIMEOUT))));
      }
    }
  }

  @Command(
      name = "delete",
      header = "Delete an organization with everything it owns.",
      customSynopsis = {
        "workflow-steps organizations delete --organization=ORG [--dry-run] [--yes]",
        "                                           [--output=FORMAT] [SETTINGS]"
      },
      description = {
        "%nShows what is stored, asks, and deletes it for good: first the keys, which servers reject"
            + " within a second, then steps, payloads and artifacts, and last the name. Stop its"
            + " imports first. After an interruption, run it again.%n"
      },
      footerHeading = "Example:%n",
      footer = "  workflow-steps organizations delete --organization acme --dry-run")
  static final class Organizations extends DeleteCommand {

    private static final Duration TIMEOUT = Duration.ofDays(1);

    private int keys;

    @Override
    List<Holding> find(Storage storage) {
      keyService(storage).requireOrganization(organization());
      keys = storage.stores().keyStore().list(organization()).size();
      DataDeletion deletion = storage.stores().dataDeletion();
      return List.of(holding(deletion.countOrganization(organization(), within(TIMEOUT))));
    }

    @Override
    void delete(Storage storage) {
      Audit.log("organization deletion begun: organization={} keys={}", organization(), keys);
      StoredCounts deleted =
          storage
              .stores()
              .dataDeletion()
              .deleteOrganization(
                  organization(),
                  soFar -> progress().update(() -> "deleted " + Holding.text(soFar)),
                  within(TIMEOUT));
      progress().clear();
      Audit.log("organization deleted: organization={}", organization());
      print(holding(deleted));
    }

    private Holding holding(StoredCounts counts) {
      return Holding.organization(organization(), counts, keys);
    }
  }
}
