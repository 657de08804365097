package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code migrate}. */
@Command(
    name = "migrate",
    header = "Migrate the database's schema to this version.",
    customSynopsis = "workflow-steps migrate [SETTINGS]",
    description = {
      "%nRun this on an external database before a new version of the server uses it: the server"
          + " never changes an external schema. The embedded database is migrated by every start."
          + " Running this again changes nothing.%n"
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  workflow-steps migrate --database-url postgresql://app@db/steps \\",
      "      --migration-database-url postgresql://owner@db/steps"
    })
final class MigrateCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.MIGRATION);

  @Spec private CommandSpec spec;

  MigrateCommand(CommandContext context) {
    this.context = context;
  }

  CommonOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    Settings settings = options.load(context.variables());
    SchemaMigrator.Migration done = migrate(settings);
    spec.commandLine().getErr().println("database: " + done.database());
    spec.commandLine()
        .getOut()
        .println("schema " + done.version() + ", " + done.applied() + " migrations applied");
    return ExitCode.OK.code();
  }

  private SchemaMigrator.Migration migrate(Settings settings) {
    try (ProgressLine progress =
        new ProgressLine(spec.commandLine().getErr(), context.terminal())) {
      return context.migrator().migrate(settings, options.demo(), progress);
    }
  }
}
