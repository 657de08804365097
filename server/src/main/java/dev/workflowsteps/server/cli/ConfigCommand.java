package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.LoadedSettings;
import dev.workflowsteps.server.config.Setting;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code config}. */
@Command(
    name = "config",
    header = "Show every setting, its value and where it comes from.",
    customSynopsis = "workflow-steps config [SETTINGS]",
    description = {
      "%nA setting is taken from its flag, else from its variable in the environment, else from the"
          + " file that --config or WFS_CONFIG names, else it has its default. Secrets are shown as"
          + " ********. Touches no database.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  WFS_REST_PORT=8081 workflow-steps config --log-format json")
final class ConfigCommand implements Callable<Integer> {

  private final Environment environment;
  private final CommonOptions options = new CommonOptions(Setting.ALL);

  @Spec private CommandSpec spec;

  ConfigCommand(Environment environment) {
    this.environment = environment;
  }

  CommonOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    TextTable table = new TextTable("SETTING", "VALUE", "ORIGIN");
    for (LoadedSettings.Effective one : options.load(environment.variables()).effective()) {
      String value = one.shown().isEmpty() ? "-" : one.shown();
      table.add(one.setting().name(), value, one.origin().text());
    }
    table.print(spec.commandLine().getOut());
    return ExitCode.OK.code();
  }
}
