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
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code workflow-steps}: its commands, and what they work with. */
@Command(
    name = "workflow-steps",
    header = "Stores the step records of workflow runs and lists them over gRPC and REST.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nTo start:%n",
    footer = "  workflow-steps serve --demo")
public final class Main {

  private Main() {}

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
            new StepJson());
    CommandLine root = ServerCommands.helpful(new CommandLine(new Main()));
    ServeCommand.addTo(root, context);
    ServerCommands.addTo(root, context);
    ErrorHandling.install(root);
    return root;
  }
}
