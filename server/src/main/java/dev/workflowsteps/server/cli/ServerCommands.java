package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts the commands of this package under a root command. */
public final class ServerCommands {

  private static final int HELP_WIDTH = 90;

  /** Adds every command that needs no running server, and the flag {@code --version}. */
  public static void addTo(CommandLine root, CommandContext context) {
    root.getCommandSpec()
        .version("workflow-steps " + context.version() + ", Java " + Runtime.version())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
    root.addSubcommand("import", helpful(new ImportCommand.Steps().in(context)))
        .addSubcommand("import-artifacts", helpful(new ImportCommand.Artifacts().in(context)))
        .addSubcommand("export", helpful(new ExportCommand.Steps().in(context)))
        .addSubcommand("export-artifacts", helpful(new ExportCommand.Artifacts().in(context)))
        .addSubcommand(
            "keys",
            group(
                    "Create, list, rotate and revoke API keys.",
                    "keys create|list|rotate|revoke",
                    "%nA key belongs to one organization and gives access to its steps and artifacts."
                        + " Only a hash of the key is stored. A running server notices every change"
                        + " within a second.%n")
                .addSubcommand("create", helpful(new KeysCommand.Create().in(context)))
                .addSubcommand("list", helpful(new KeysCommand.ListKeys().in(context)))
                .addSubcommand("rotate", helpful(new KeysCommand.Rotate().in(context)))
                .addSubcommand("revoke", helpful(new KeysCommand.Revoke().in(context))))
        .addSubcommand(
            "runs",
            group("Delete runs.", "runs delete")
                .addSubcommand("delete", helpful(new DeleteCommand.Runs().in(context))))
        .addSubcommand(
            "organizations",
            group(
                    "List, limit and delete organizations.",
                    "organizations list|limit|delete",
                    "%nAn organization is created with its first key, by keys create.%n")
                .addSubcommand("list", helpful(new ListOrganizationsCommand().in(context)))
                .addSubcommand("limit", helpful(new LimitCommand().in(context)))
                .addSubcommand("delete", helpful(new DeleteCommand.Organizations().in(context))));
    MigrateCommand migrate = new MigrateCommand(context);
    root.addSubcommand("migrate", helpful(migrate.options().addTo(new CommandLine(migrate))))
        .addSubcommand("config", helpful(new ConfigCommand(context).commandLine()))
        .addSubcommand("health", helpful(new HealthCommand(context).commandLine()))
        .addSubcommand("version", version(root))
        .addSubcommand("help", helpful(new CommandLine(new HelpCommand())));
    if (!context.variables().getOrDefault("NO_COLOR", "").isEmpty()) {
      root.setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    }
  }

  /** Adds what all commands have: {@code --help}, and the list of exit codes at its end. */
  public static CommandLine helpful(CommandLine command) {
    Map<String, String> exitCodes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      exitCodes.put(" " + code.code(), code.meaning());
    }
    UsageMessageSpec usage =
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
            .exitCodeList(exitCodes);
    putExamplesFirst(usage);
    return command;
  }

  /** Before the long list of settings, whose beginning scrolls away. */
  private static void putExamplesFirst(UsageMessageSpec usage) {
    List<String> examples =
        List.of(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING, UsageMessageSpec.SECTION_KEY_FOOTER);
    List<String> sections = new ArrayList<>(usage.sectionKeys());
    sections.removeAll(examples);
    sections.addAll(sections.indexOf(UsageMessageSpec.SECTION_KEY_DESCRIPTION) + 1, examples);
    usage.sectionKeys(sections);
    if (usage.footer().length > 0) {
      usage.footer(Stream.concat(Stream.of(usage.footer()), Stream.of("")).toArray(String[]::new));
    }
  }

  private static CommandLine group(String header, String commands, String... description) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Group());
    spec.usageMessage()
        .header(header)
        .customSynopsis("workflow-steps " + commands + " --organization=ORG ...")
        .description(description);
    return helpful(new CommandLine(spec));
  }

  /** A command that only holds others together. */
  @Command
  private static final class Group implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(
          spec.commandLine(),
          spec.name()
              + ": no command given (expected: one of "
              + String.join(", ", spec.subcommands().keySet())
              + ")");
    }
  }

  private static CommandLine version(CommandLine root) {
    Runnable print = () -> root.printVersionHelp(root.getOut());
    CommandSpec spec = CommandSpec.wrapWithoutInspection(print);
    spec.usageMessage().header("Print the version of the program and of Java.");
    return helpful(new CommandLine(spec));
  }

  private ServerCommands() {}
}
