package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.config.ExitCode;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys create}. */
@Command(
    name = "create",
    header = "Create a key for an organization.",
    customSynopsis = {
      "workflow-steps keys create --organization=ORG [--create-organization]",
      "                                  [--expires=TIME] [SETTINGS]"
    },
    description = {"%nPrints only the key on stdout. It is shown once and can't be recovered.%n"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  workflow-steps keys create --organization acme --create-organization > acme.key",
      "  workflow-steps keys create --organization acme --expires 90d"
    })
final class KeysCreateCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private CreateOrganizationOption createOrganization;
  @Mixin private ExpiresOption expires;

  KeysCreateCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    KeyService service = keyService(storage);
    Optional<Instant> end = expires.at(context().clock().instant());
    service.requireFuture(end);
    if (service.ensureOrganization(organization.name(), createOrganization.given())) {
      words().println("organization " + organization.name() + " created");
    }
    ApiKey key = service.create(organization.name(), end);
    data().println(key.text());
    data().flush();
    words()
        .println(
            "key "
                + key.keyId()
                + " of organization "
                + organization.name()
                + ", "
                + end.map(e -> "valid until " + Times.shown(e)).orElse("never expires")
                + ". It is shown only once; store it safely.");
    return ExitCode.OK;
  }
}
