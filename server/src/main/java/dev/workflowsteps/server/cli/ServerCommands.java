package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Puts the commands of this package under a root command. */
public final class ServerCommands {

  private static final int HELP_WIDTH = 90;

  /**
   * Adds import, import-artifacts, export, export-artifacts, keys, runs, organizations, migrate,
   * config and version, and the flag {@code --version}.
   */
  public static void addTo(CommandLine root, CommandContext context) {
    root.addSubcommand("import", storage(new ImportCommand(context)));
    root.addSubcommand("import-artifacts", storage(new ImportArtifactsCommand(context)));
    root.addSubcommand("export", storage(new ExportCommand(context)));
    root.addSubcommand("export-artifacts", storage(new ExportArtifactsCommand(context)));
    root.addSubcommand("keys", keys(context));
    root.addSubcommand(
        "runs",
        helpful(new CommandLine(new RunsCommand()))
            .addSubcommand("delete", storage(new RunsDeleteCommand(context))));
    root.addSubcommand(
        "organizations",
        helpful(new CommandLine(new OrganizationsCommand()))
            .addSubcommand("delete", storage(new OrganizationsDeleteCommand(context))));
    MigrateCommand migrate = new MigrateCommand(context);
    root.addSubcommand("migrate", helpful(migrate.options().addTo(new CommandLine(migrate))));
    ConfigCommand config = new ConfigCommand(context);
    root.addSubcommand("config", helpful(config.options().addTo(new CommandLine(config))));
    root.addSubcommand("version", helpful(new CommandLine(new VersionCommand(context))));
    root.getCommandSpec()
        .version(VersionCommand.text(context))
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
  }

  /** Adds what all commands have: {@code --help} and the list of exit codes. */
  public static CommandLine helpful(CommandLine command) {
    command
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build())
        .usageMessage()
        .width(HELP_WIDTH)
        .sortOptions(false)
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
    return command;
  }

  private static CommandLine keys(CommandContext context) {
    return helpful(new CommandLine(new KeysCommand()))
        .addSubcommand("create", storage(new KeysCreateCommand(context)))
        .addSubcommand("list", storage(new KeysListCommand(context)))
        .addSubcommand("rotate", storage(new KeysRotateCommand(context)))
        .addSubcommand("revoke", storage(new KeysRevokeCommand(context)));
  }

  private static CommandLine storage(StorageCommand command) {
    return helpful(command.options().addTo(new CommandLine(command)));
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.code(), meaning(code));
    }
    return codes;
  }

  private static String meaning(ExitCode code) {
    return switch (code) {
      case OK -> "done";
      case FAILURE -> "failed; the reason is on stderr";
      case USAGE -> "invalid command line";
      case CONFIGURATION -> "invalid setting, or the machine does not support it";
      case DATABASE -> "the database is unreachable, or another process uses its directory";
      case MIGRATION -> "a migration failed";
      case PARTIAL ->
          "done in part: stderr lists rejected lines, or payloads exported other than stored";
    };
  }

  private ServerCommands() {}
}
