package dev.workflowsteps.server.cli;

import picocli.CommandLine.Command;

/** {@code keys}: what holds the commands about keys together. */
@Command(
    name = "keys",
    header = "Make, list, rotate and revoke the keys that callers authenticate with.",
    description = {
      "%nA key belongs to one organization and decides whose steps its command sees. Only a hash of"
          + " it is kept. Works beside a running server, which heeds every change within a second,"
          + " and without one.%n"
    },
    customSynopsis = "workflow-steps keys create|list|rotate|revoke --organization=ORG ...")
final class KeysCommand extends GroupCommand {}
