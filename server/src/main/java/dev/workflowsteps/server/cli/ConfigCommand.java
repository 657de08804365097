package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code config}. */
@Command(
    name = "config",
    header = "Print every setting with its value and origin.",
    customSynopsis = "workflow-steps config [--output=FORMAT] [SETTINGS]",
    description = {
      "%nA flag overrides the environment variable, which overrides the file given by --config or"
          + " WFS_CONFIG, which overrides the default. Secrets are printed as ********. Needs no"
          + " database.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  WFS_REST_PORT=8081 workflow-steps config --log-format json",
      "  workflow-steps config --config production.properties --output json"
    })
final class ConfigCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.ALL);

  @Mixin private OutputOption output;

  @Spec private CommandSpec spec;

  ConfigCommand(CommandContext context) {
    this.context = context;
  }

  CommandLine commandLine() {
    return options.addTo(new CommandLine(this));
  }

  @Override
  public Integer call() {
    Settings settings = options.load(context.variables());
    PrintWriter data = spec.commandLine().getOut();
    if (output.isJson()) {
      Setting.ALL.forEach(setting -> data.println(json(settings, setting)));
    } else {
      print(settings, data);
    }
    return ExitCode.OK.code();
  }

  private static JsonRow json(Settings settings, Setting<?> setting) {
    return new JsonRow()
        .add("setting", setting.name())
        .add("value", settings.shown(setting))
        .add("origin", settings.origin(setting));
  }

  private static void print(Settings settings, PrintWriter data) {
    Function<Setting<?>, String> value = setting -> settings.shown(setting).orElse("-");
    int width = Setting.ALL.stream().mapToInt(s -> value.apply(s).length()).max().orElse(0);
    String row = "%-22s  %-" + width + "s  %s%n";
    data.printf(row, "SETTING", "VALUE", "ORIGIN");
    for (Setting<?> setting : Setting.ALL) {
      data.printf(row, setting.name(), value.apply(setting), settings.origin(setting));
    }
  }
}
