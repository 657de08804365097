package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyState;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.config.ExitCode;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys list}. */
@Command(
    name = "list",
    header = "List the keys of an organization, the oldest first.",
    customSynopsis = "workflow-steps keys list --organization=ORG [SETTINGS]",
    description = {
      "%nPrints one line per key: its id, when it was created, when it expires, and whether it is"
          + " valid, expired or revoked. Never the key itself.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps keys list --organization acme")
final class KeysListCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;

  KeysListCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    List<StoredKey> keys = keyService(storage).list(organization.name());
    Instant now = context().clock().instant();
    TextTable table = new TextTable("ID", "CREATED", "EXPIRES", "STATE");
    for (StoredKey key : keys) {
      table.add(
          key.keyId(),
          Times.shown(key.createdAt()),
          key.expiresAt().map(Times::shown).orElse("never"),
          KeyState.of(key, now).word());
    }
    table.print(data());
    return ExitCode.OK;
  }
}
