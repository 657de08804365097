package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.Organization;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.steps.OrganizationSize;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists organizations, each as soon as it is known what it holds. */
@Command(
    name = "list",
    header = "List the organizations and what each holds.",
    customSynopsis = {
      "workflow-steps organizations list [--after=ORG] [--output=FORMAT] [SETTINGS]"
    },
    description = {
      "%nPrints a line for each organization, in the order of their names: when it was created, how"
          + " many keys it has (expired and revoked ones too), its steps and artifacts, and the bytes"
          + " of these. A number with + is a lower bound: at most a million steps, and as many"
          + " artifacts, are counted. A number with ~ is an estimate: beyond a thousand steps or"
          + " artifacts, only the first thousand are measured. On disk, indexes come on top.%n"
    },
    footerHeading = "Examples:%n",
    footer = {
      "  workflow-steps organizations list",
      "  workflow-steps organizations list --output json | jq -r .organization"
    })
final class ListOrganizationsCommand extends StorageCommand {

  private static final int PAGE = 1_000;

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @Option(
      names = "--after",
      paramLabel = "ORG",
      description = "Only organizations after this name, in order: continues a list that stopped.")
  private String after = "";

  @Mixin private OutputOption output;

  @Override
  ExitCode run(Storage storage) {
    if (!output.isJson()) {
      printRow("CREATED", "KEYS", "STEPS", "ARTIFACTS", "BYTES", "ORGANIZATION");
    }
    List<Organization> page;
    do {
      page = storage.stores().keyStore().organizations(after, PAGE);
      for (Organization organization : page) {
        print(organization, size(storage, organization.organizationId()));
        if (data().checkError()) {
          // Which ends the command with a message.
          return ExitCode.OK;
        }
        after = organization.organizationId();
      }
    } while (page.size() == PAGE);
    return ExitCode.OK;
  }

  @Override
  String afterInterruption() {
    return after.isEmpty()
        ? "run this again"
        : "continue behind " + after + " with --after " + after;
  }

  private OrganizationSize size(Storage storage, String name) {
    try {
      return storage.stores().organizationSizes().of(name, within(TIMEOUT));
    } catch (FailedCallException e) {
      if (e.reason() != FailedCallException.Reason.DEADLINE_EXCEEDED) {
        throw e;
      }
      throw new StartupException(
          ExitCode.DATABASE,
          "%s: the database did not count within %d s what it holds; continue behind it with --after %1$s"
              .formatted(name, TIMEOUT.toSeconds()),
          e);
    }
  }

  private void print(Organization organization, OrganizationSize size) {
    if (output.isJson()) {
      data().println(json(organization, size));
      return;
    }
    printRow(
        created(organization),
        organization.keys(),
        size.steps() + (size.stepsExact() ? "" : "+"),
        size.artifacts() + (size.artifactsExact() ? "" : "+"),
        (size.bytesExact() ? "" : "~") + size.bytes(),
        organization.organizationId());
  }

  private static JsonRow json(Organization organization, OrganizationSize size) {
    return new JsonRow()
        .add("organization", organization.organizationId())
        .add("created_at", created(organization))
        .add("keys", organization.keys())
        .add("steps", size.steps())
        .add("steps_exact", size.stepsExact())
        .add("artifacts", size.artifacts())
        .add("artifacts_exact", size.artifactsExact())
        .add("bytes", size.bytes())
        .add("bytes_exact", size.bytesExact());
  }

  private static String created(Organization organization) {
    Instant created = organization.createdAt();
    return created.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void printRow(Object... cells) {
    data().printf("%-20s  %4s  %9s  %9s  %14s  %s%n", cells);
  }
}
