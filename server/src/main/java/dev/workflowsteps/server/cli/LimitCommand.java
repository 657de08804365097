package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the rate limits of an organization, and changes them. */
@Command(
    name = "limit",
    header = "Show or set the rate limits of an organization.",
    customSynopsis = {
      "workflow-steps organizations limit --organization=ORG",
      "                                          [--requests-per-second=N|default]",
      "                                          [--bytes-per-second=N|default]",
      "                                          [--output=FORMAT] [SETTINGS]"
    },
    description = {
      "%nPrints both limits, after setting those that are given. Each server heeds them within a"
          + " second and applies them by itself: with three servers an organization gets up to three"
          + " times as much. It may use one second's worth at once.%n"
    },
    footerHeading = "Examples:%n",
    footer = {
      "  workflow-steps organizations limit --organization acme",
      "  workflow-steps organizations limit --organization acme --requests-per-second 50"
    })
final class LimitCommand extends OrganizationCommand {

  /** Stands for the servers' settings. */
  private static final String DEFAULT = "default";

  @Mixin private OutputOption output;

  /** Present = to be set. */
  private Optional<OptionalLong> requests = Optional.empty();

  private Optional<OptionalLong> bytes = Optional.empty();

  @Option(
      names = "--requests-per-second",
      paramLabel = "N|default",
      description =
          "How many requests it may send to each server in a second. 0: no limit. default: what the"
              + " server's setting organization-requests-per-second says.")
  void setRequests(String text) {
    requests =
        Optional.of(limit("--requests-per-second", text, Setting.ORGANIZATION_REQUESTS_PER_SECOND));
  }

  @Option(
      names = "--bytes-per-second",
      paramLabel = "N|default",
      description =
          "How many bytes of responses it may get from each server in a second. 0: no limit."
              + " default: what the server's setting organization-bytes-per-second says.")
  void setBytes(String text) {
    bytes = Optional.of(limit("--bytes-per-second", text, Setting.ORGANIZATION_BYTES_PER_SECOND));
  }

  private OptionalLong limit(String option, String text, Setting<Integer> setting) {
    if (text.equals(DEFAULT)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        setting
            .parse(text)
            .orElseThrow(
                () ->
                    usage(
                        "%s: %s (expected: %s, or %s)"
                            .formatted(option, text, setting.expected(), DEFAULT))));
  }

  @Override
  ExitCode run(Storage storage) {
    KeyService service = keyService(storage);
    OrganizationLimits limits = service.limits(organization());
    if (requests.isPresent() || bytes.isPresent()) {
      limits =
          new OrganizationLimits(
              requests.orElse(limits.requestsPerSecond()), bytes.orElse(limits.bytesPerSecond()));
      service.limit(organization(), limits);
    }
    if (output.isJson()) {
      data().println(json(limits));
    } else {
      print("requests-per-second", limits.requestsPerSecond());
      print("bytes-per-second", limits.bytesPerSecond());
    }
    return ExitCode.OK;
  }

  /** Null stands for the servers' settings. */
  private JsonRow json(OrganizationLimits limits) {
    return new JsonRow()
        .add("organization", organization())
        .add("requests_per_second", limits.requestsPerSecond())
        .add("bytes_per_second", limits.bytesPerSecond());
  }

  private void print(String name, OptionalLong limit) {
    String value = limit.isPresent() ? Long.toString(limit.getAsLong()) : DEFAULT;
    data().printf("%-19s  %s%n", name, value);
  }
}
