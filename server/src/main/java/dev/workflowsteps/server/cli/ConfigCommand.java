package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.CheckedSettings;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code config}. */
@Command(
    name = "config",
    header = "Print every setting with its value and origin, or check them.",
    customSynopsis = "workflow-steps config [--check[=COMMAND]] [--output=FORMAT] [SETTINGS]",
    description = {
      "%nA flag overrides the environment variable, which overrides the file given by --config or"
          + " WFS_CONFIG, which overrides the default. Secrets are printed as ********. Needs no"
          + " database.%n",
      "With --check it prints no settings, but tries what a server with them needs: its addresses,"
          + " the files of TLS, the database and its schema, or the upstreams. It starts and changes"
          + " nothing, and a port may be in use. Everything that is wrong is reported on stderr, a"
          + " line each. Run it as the user who runs the server.%n"
    },
    footerHeading = "Examples:%n",
    footer = {
      "  WFS_REST_PORT=8081 workflow-steps config --log-format json",
      "  workflow-steps config --config production.properties --output json",
      "  workflow-steps config --check --config production.properties",
      "  workflow-steps config --check=serve-rest --upstream 10.0.0.1:50051"
    })
final class ConfigCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.ALL);

  @Mixin private OutputOption output;

  @Spec private CommandSpec spec;

  private Optional<ServerCheck.Server> checked = Optional.empty();

  @Option(
      names = "--check",
      arity = "0..1",
      fallbackValue = "serve",
      paramLabel = "COMMAND",
      description =
          "Check the settings for this command: serve (the default), serve-grpc or serve-rest.")
  void setCheck(String command) {
    checked =
        Stream.of(ServerCheck.Server.values())
            .filter(server -> server.command().equals(command))
            .findFirst();
    if (checked.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--check: " + command + " (expected: serve, serve-grpc or serve-rest)");
    }
  }

  ConfigCommand(CommandContext context) {
    this.context = context;
  }

  CommandLine commandLine() {
    return options.addTo(new CommandLine(this));
  }

  @Override
  public Integer call() {
    if (checked.isPresent()) {
      return check(checked.get()).code();
    }
    Settings settings = options.load(context.variables());
    PrintWriter data = spec.commandLine().getOut();
    if (output.isJson()) {
      Setting.ALL.forEach(setting -> data.println(json(settings, setting)));
    } else {
      print(settings, data);
    }
    return ExitCode.OK.code();
  }

  private ExitCode check(ServerCheck.Server server) {
    CheckedSettings settings = options.check(context.variables());
    List<StartupException> problems =
        Stream.concat(
                settings.problems().stream()
                    .map(problem -> new StartupException(ExitCode.CONFIGURATION, problem)),
                context.check().problems(server, settings, options.demo()).stream())
            .toList();
    List<String> texts = problems.stream().map(Throwable::getMessage).distinct().toList();
    texts.forEach(spec.commandLine().getErr()::println);
    if (output.isJson()) {
      spec.commandLine()
          .getOut()
          .println(new JsonRow().add("command", server.command()).add("problems", texts));
    } else if (texts.isEmpty()) {
      spec.commandLine().getOut().println(server.command() + ": no problem found");
    }
    // What no waiting mends comes first.
    return problems.stream()
        .map(StartupException::exitCode)
        .min(Comparator.comparing(exit -> exit != ExitCode.CONFIGURATION))
        .orElse(ExitCode.OK);
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
