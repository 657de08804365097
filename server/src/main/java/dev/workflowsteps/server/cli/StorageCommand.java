package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that uses the database. */
abstract class StorageCommand implements Callable<Integer> {

  private final CommandContext context;
  private final CommonOptions options = new CommonOptions(Setting.STORAGE);

  @Spec private CommandSpec spec;
  private ProgressLine progress;

  StorageCommand(CommandContext context) {
    this.context = context;
  }

  CommonOptions options() {
    return options;
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
      Storage storage = context.storage().open(settings, options.demo(), command(), line);
      line.println("database: " + storage.database());
      return storage;
    }
  }

  /** For example {@code keys create}. */
  private String command() {
    String program = spec.root().name();
    return spec.qualifiedName().substring(program.length()).strip();
  }

  /** Checks the arguments before the database is opened. */
  void checkArguments() {}

  abstract ExitCode run(Storage storage);

  final KeyService keyService(Storage storage) {
    return new KeyService(storage.stores().keyStore(), context.clock());
  }

  final CommandContext context() {
    return context;
  }

  /** The terminal's line that shows the progress; once the database is open. */
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
