package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code config}. */
@Command(
    name = "config",
    header = "Print every setting with its value and origin.",
    customSynopsis = "workflow-steps config [SETTINGS]",
    description = {
      "%nA flag overrides the environment variable, which overrides the file given by --config or"
          + " WFS_CONFIG, which overrides the default. Secrets are printed as ********. Needs no"
          + " database.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  WFS_REST_PORT=8081 workflow-steps config --log-format json")
final class ConfigCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.ALL);

  @Spec private CommandSpec spec;

  ConfigCommand(CommandContext context) {
    this.context = context;
  }

  CommonOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    TextTable table = new TextTable("SETTING", "VALUE", "ORIGIN");
    Settings settings = options.load(context.variables());
    for (Setting<?> setting : Setting.ALL) {
      table.add(
          setting.name(), settings.shown(setting).orElse("-"), settings.origin(setting).text());
    }
    table.print(spec.commandLine().getOut());
    return ExitCode.OK.code();
  }
}
