package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.OrganizationName;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that uses the stored data of one organization. */
abstract class StorageCommand implements Callable<Integer> {

  static final String CREATE_ORGANIZATION_HELP =
      "Create the organization if it does not exist. Without this, an unknown name is an error.";

  private final CommonOptions options = new CommonOptions(Setting.STORAGE);

  @Spec private CommandSpec spec;
  private CommandContext context;
  private String organization;
  private ProgressLine progress;

  /** This as a command line, with the flags of its settings. */
  final CommandLine in(CommandContext outside) {
    context = outside;
    return options.addTo(new CommandLine(this));
  }

  @Option(
      names = "--organization",
      required = true,
      paramLabel = "ORG",
      description = "The organization: 1 to 63 of a-z, 0-9, _ and -, not starting with _ or -.")
  void setOrganization(String name) {
    if (!OrganizationName.isValid(name)) {
      throw usage("--organization: " + name + " (expected: " + OrganizationName.EXPECTED + ")");
    }
    organization = name;
  }

  @Override
  public final Integer call() {
    checkArguments();
    Settings settings = options.load(context.variables());
    try (ShutdownGuard guard = new ShutdownGuard();
        Storage storage = open(settings)) {
      try {
        return run(storage).code();
      } finally {
        guard.workDone();
      }
    }
  }

  private Storage open(Settings settings) {
    try (ProgressLine line = new ProgressLine(words(), context.terminal())) {
      progress = line;
      String command = spec.qualifiedName().substring(spec.root().name().length()).strip();
      Storage storage = context.storage().open(settings, options.demo(), command, line);
      line.println("database: " + storage.database());
      return storage;
    }
  }

  /** Checks the arguments before the database is opened. */
  void checkArguments() {}

  abstract ExitCode run(Storage storage);

  final KeyService keyService(Storage storage) {
    return new KeyService(storage.stores().keyStore(), context.clock());
  }

  /** Fails if the organization does not exist, unless it may be created. */
  final void ensureOrganization(KeyService service, boolean create) {
    if (service.ensureOrganization(organization, create)) {
      words().println("organization " + organization + " created");
    }
  }

  final String organization() {
    return organization;
  }

  final CommandContext context() {
    return context;
  }

  /** The line of the terminal that shows the progress; set once the database is open. */
  final ProgressLine progress() {
    return progress;
  }

  /** Stdout, for data. */
  final PrintWriter data() {
    return spec.commandLine().getOut();
  }

  /** Stderr, for messages. */
  final PrintWriter words() {
    return spec.commandLine().getErr();
  }

  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
