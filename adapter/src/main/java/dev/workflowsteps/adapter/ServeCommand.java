package dev.workflowsteps.adapter;

import dev.workflowsteps.server.cli.CommandContext;
import dev.workflowsteps.server.cli.CommonOptions;
import dev.workflowsteps.server.cli.ProgressLine;
import dev.workflowsteps.server.cli.ServerCommands;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Logging;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code serve}, {@code serve-grpc} and {@code serve-rest}, which run until they are stopped. */
final class ServeCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options;
  private final Starter starter;
  private CommandLine command;

  /** Starts what a command serves. */
  interface Starter {
    RunningService start(Settings settings, boolean demo, ProgressLine progress);
  }

  private ServeCommand(CommandContext context, CommonOptions options, Starter starter) {
    this.context = context;
    this.options = options;
    this.starter = starter;
  }

  static void addTo(CommandLine root, CommandContext context) {
    add(
        root,
        context,
        "serve",
        "Serve gRPC and REST in one process.",
        List.of(
            "serve --demo",
            "serve --config production.properties",
            "serve --rest-host 0.0.0.0 --tls-certificate tls.crt --tls-key tls.key"),
        new CommonOptions(Setting.SERVE),
        (settings, demo, progress) -> Serve.start(settings, demo, true, progress));
    add(
        root,
        context,
        "serve-grpc",
        "Serve gRPC only.",
        List.of("serve-grpc --config production.properties"),
        new CommonOptions(Setting.SERVE_GRPC),
        (settings, demo, progress) -> Serve.start(settings, demo, false, progress));
    add(
        root,
        context,
        "serve-rest",
        "Serve REST only, in front of the gRPC servers that --upstream names.",
        List.of("serve-rest --upstream 10.0.0.1:50051,10.0.0.2:50051 --upstream-tls true"),
        CommonOptions.withoutDemo(Setting.SERVE_REST),
        (settings, demo, progress) -> ServeRest.start(settings));
  }

  private static void add(
      CommandLine root,
      CommandContext context,
      String name,
      String header,
      List<String> examples,
      CommonOptions options,
      Starter starter) {
    ServeCommand serve = new ServeCommand(context, options, starter);
    CommandSpec spec = CommandSpec.wrapWithoutInspection(serve).name(name);
    spec.usageMessage()
        .header(header)
        .customSynopsis("workflow-steps " + name + " [SETTINGS]")
        .description(
            "%nRuns until it is stopped by Ctrl-C or SIGTERM. To check settings before a start, use"
                + " workflow-steps config --check="
                + name
                + ".%n")
        .footerHeading(examples.size() > 1 ? "Examples:%n" : "Example:%n")
        .footer(examples.stream().map(line -> "  workflow-steps " + line).toArray(String[]::new));
    serve.command = serve.options.addTo(new CommandLine(spec));
    root.addSubcommand(name, ServerCommands.helpful(serve.command));
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    Settings settings = options.load(context.variables());
    Logging.configure(settings.get(Setting.LOG_FORMAT), settings.get(Setting.LOG_LEVEL));
    Runtime.getRuntime().addShutdownHook(new Thread(Logging::flush, "flush"));
    PrintWriter words = command.getErr();
    RunningService serving;
    try (ProgressLine progress = new ProgressLine(words, context.terminal())) {
      serving = starter.start(settings, options.demo(), progress);
    } finally {
      // What follows, the reason of a failure too, is the last line.
      Logging.flush();
    }
    GracefulShutdown stop = GracefulShutdown.install(serving, settings, context.terminal(), words);
    StartupBanner.show(words, context.version(), serving.lines());
    stop.await();
    return ExitCode.DATABASE.code();
  }
}
