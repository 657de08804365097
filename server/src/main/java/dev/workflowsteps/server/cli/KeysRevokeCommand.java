package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys revoke}. */
@Command(
    name = "revoke",
    header = "Revoke a key; all servers reject it within a second.",
    customSynopsis = "workflow-steps keys revoke --organization=ORG [SETTINGS] KEY_ID",
    description = "%nThis can't be undone. Revoking a key again changes nothing.%n",
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps keys revoke --organization acme 4fG7kQ2z")
final class KeysRevokeCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private KeyIdParameter key;

  KeysRevokeCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    keyService(storage).revoke(organization.name(), key.keyId());
    words().println("key " + key.keyId() + " of organization " + organization.name() + " revoked");
    return ExitCode.OK;
  }
}
