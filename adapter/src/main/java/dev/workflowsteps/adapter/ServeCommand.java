package dev.workflowsteps.adapter;

import dev.workflowsteps.server.cli.CommonOptions;
import dev.workflowsteps.server.cli.Environment;
import dev.workflowsteps.server.cli.PhaseLine;
import dev.workflowsteps.server.cli.ServerCommands;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Logging;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code serve}, {@code serve-grpc} and {@code serve-rest}: all run until they are told to stop.
 */
final class ServeCommand implements Callable<Integer> {

  private final Environment environment;
  private final CommonOptions options;
  private final Starter starter;
  private CommandLine command;

  /** Starts what a command serves. */
  interface Starter {
    Serving start(Settings settings, boolean demo, PhaseLine phases);
  }

  private ServeCommand(Environment environment, CommonOptions options, Starter starter) {
    this.environment = environment;
    this.options = options;
    this.starter = starter;
  }

  static void addTo(CommandLine root, Environment environment) {
    add(
        root,
        environment,
        "serve",
        "Serve gRPC and REST from one process.",
        new CommonOptions(Setting.SERVE),
        (settings, demo, phases) -> Serve.start(settings, demo, true, phases));
    add(
        root,
        environment,
        "serve-grpc",
        "Serve gRPC alone.",
        new CommonOptions(Setting.SERVE_GRPC),
        (settings, demo, phases) -> Serve.start(settings, demo, false, phases));
    add(
        root,
        environment,
        "serve-rest",
        "Serve REST for a gRPC server elsewhere, which --upstream names.",
        CommonOptions.withoutDemo(Setting.SERVE_REST),
        (settings, demo, phases) -> ServeRest.start(settings));
  }

  private static void add(
      CommandLine root,
      Environment environment,
      String name,
      String header,
      CommonOptions options,
      Starter starter) {
    ServeCommand serve = new ServeCommand(environment, options, starter);
    CommandSpec spec = CommandSpec.wrapWithoutInspection(serve).name(name);
    spec.usageMessage().header(header);
    serve.command = serve.options.addTo(new CommandLine(spec));
    root.addSubcommand(name, ServerCommands.helpful(serve.command));
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    Settings settings = options.load(environment.variables()).settings();
    Logging.configure(settings.logFormat(), settings.logLevel());
    PrintWriter words = command.getErr();
    Serving serving;
    try (PhaseLine phases = new PhaseLine(words, environment.terminal())) {
      serving = starter.start(settings, options.demo(), phases);
    }
    Stop stop = Stop.whenTold(serving, settings, environment.terminal(), words);
    FirstScreen.show(words, environment.version(), serving.lines());
    stop.await();
    return ExitCode.DATABASE.code();
  }
}
