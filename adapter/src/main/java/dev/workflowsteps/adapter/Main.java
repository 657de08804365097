package dev.workflowsteps.adapter;

import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.StoredSchema;
import dev.workflowsteps.server.cli.CommandContext;
import dev.workflowsteps.server.cli.ErrorHandling;
import dev.workflowsteps.server.cli.ServerCommands;
import dev.workflowsteps.server.cli.Terminal;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.ops.BuildInfo;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code workflow-steps}: its commands, and what they work with. */
@Command(
    name = "workflow-steps",
    header = "Stores the step records of workflow runs and lists them over gRPC and REST.",
    customSynopsis = "workflow-steps COMMAND [OPTIONS]",
    description = "%nCOMMAND --help lists the options of a command, its settings and exit codes.%n",
    footerHeading = "Examples:%n",
    footer = {
      "  workflow-steps serve --demo",
      "  workflow-steps keys create --organization acme --create-organization",
      "  workflow-steps import --organization acme steps.ndjson.gz"
    })
public final class Main implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private Main() {}

  /** Without a command. */
  @Override
  public Integer call() {
    // Whether stdout is a terminal says nothing of stderr.
    spec.commandLine().usage(spec.commandLine().getErr(), Ansi.OFF);
    return ExitCode.USAGE.code();
  }

  public static void main(String[] arguments) {
    UnsafeWarning.markAsGiven();
    System.exit(run(arguments));
  }

  private static int run(String... arguments) {
    try {
      return commandLine(System.getenv()).execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "Out of memory ("
              + e.getMessage()
              + "): a single step may need several hundred MB. Give Java more, as in java -Xmx1g -jar …");
      return ExitCode.FAILURE.code();
    }
  }

  static CommandLine commandLine(Map<String, String> variables) {
    CommandContext context =
        new CommandContext(
            BuildInfo.current().version(),
            variables,
            System.in,
            new FileOutputStream(FileDescriptor.out),
            Terminal.isStderr(variables),
            Clock.systemUTC(),
            StoredData::command,
            new StoredSchema(),
            new StepJson(),
            ServeCheck::problems);
    CommandLine root = ServerCommands.helpful(new CommandLine(new Main()));
    // They are for the commands, and the first screen is short.
    root.getCommandSpec().usageMessage().exitCodeListHeading("").exitCodeList(Map.of());
    ServeCommand.addTo(root, context);
    ServerCommands.addTo(root, context);
    ErrorHandling.install(root);
    // One that notices what can't be written: System.out keeps that to itself.
    Writer data = new OutputStreamWriter(context.output(), StandardCharsets.UTF_8);
    return root.setOut(new PrintWriter(data, true));
  }
}
