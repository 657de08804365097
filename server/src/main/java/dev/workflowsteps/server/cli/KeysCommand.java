package dev.workflowsteps.server.cli;

import picocli.CommandLine.Command;

/** {@code keys}: what holds the commands about keys together. */
@Command(
    name = "keys",
    header = "Create, list, rotate and revoke API keys.",
    description = {
      "%nA key belongs to one organization and gives access to its steps. Only a hash of the key is"
          + " stored. Works whether or not a server is running; a running server notices every change"
          + " within a second.%n"
    },
    customSynopsis = "workflow-steps keys create|list|rotate|revoke --organization=ORG ...")
final class KeysCommand extends GroupCommand {}
