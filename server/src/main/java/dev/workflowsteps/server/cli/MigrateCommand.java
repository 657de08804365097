package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code migrate}. */
@Command(
    name = "migrate",
    header = "Migrate the database's schema to this version.",
    customSynopsis = "workflow-steps migrate [--print] [--distribute] [--output=FORMAT] [SETTINGS]",
    description = {
      "%nRun this on an external database before a new version of the server uses it: the server"
          + " never changes an external schema. The embedded database is migrated by every start."
          + " The servers may go on running meanwhile. Run it again once the last server of the"
          + " earlier version has stopped: it fills what that server left out of the steps that it"
          + " wrote. Otherwise running it again changes nothing, and continues what was"
          + " interrupted.%n"
    },
    footerHeading = "Examples:%n",
    footer = {
      "  workflow-steps migrate --database-url postgresql://app@db/steps \\",
      "      --migration-database-url postgresql://owner@db/steps",
      "  workflow-steps migrate --print --database-url postgresql://app@db/steps | psql -h db"
    })
final class MigrateCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.MIGRATION);

  @Option(
      names = "--print",
      description =
          "Change nothing, and print what an administrator of the database has to run first, for"
              + " psql: the roles and grants that are missing.")
  private boolean print;

  @Option(
      names = "--distribute",
      description =
          "Also distribute the tables over the workers of a Citus cluster, by organization. Stop the"
              + " servers first.")
  private boolean distribute;

  @Mixin private OutputOption output;

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
    if (print) {
      spec.commandLine().getOut().print(context.migrator().administratorScript(settings));
      spec.commandLine().getOut().flush();
      return ExitCode.OK.code();
    }
    SchemaMigrator.Migration done = migrate(settings);
    spec.commandLine().getErr().println("database: " + done.database());
    spec.commandLine().getOut().println(output.isJson() ? json(done) : text(done));
    if (done.left() > 0) {
      spec.commandLine()
          .getErr()
          .println(
              String.format(
                  Locale.ROOT,
                  "%,d steps are left to fill, because a server of an earlier version wrote them"
                      + " meanwhile. Their organizations' lists can't be sorted by ended_at. Stop the"
                      + " last such server, then run this again.",
                  done.left()));
    }
    return ExitCode.OK.code();
  }

  private static JsonRow json(SchemaMigrator.Migration done) {
    return new JsonRow()
        .add("schema_version", done.version())
        .add("migrations_applied", done.applied())
        .add("steps_filled", done.filled())
        .add("steps_left", done.left());
  }

  private static String text(SchemaMigrator.Migration done) {
    return String.format(
        Locale.ROOT,
        "schema %s, %d migrations applied, %,d steps filled",
        done.version(),
        done.applied(),
        done.filled());
  }

  private SchemaMigrator.Migration migrate(Settings settings) {
    try (ProgressLine progress =
        new ProgressLine(spec.commandLine().getErr(), context.terminal())) {
      // A job's log shows how far it is, too.
      ProgressListener listener = context.terminal() ? progress : progress::println;
      return distribute
          ? context.migrator().distribute(settings, listener)
          : context.migrator().migrate(settings, options.demo(), listener);
    }
  }
}
