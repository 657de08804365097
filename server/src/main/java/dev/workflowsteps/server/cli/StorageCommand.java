package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that uses the stored data. */
abstract class StorageCommand implements Callable<Integer> {

  private final CommonOptions options = new CommonOptions(Setting.STORAGE);

  @Spec private CommandSpec spec;
  private CommandContext context;
  private ProgressLine progress;
  private ShutdownGuard guard;

  /** This as a command line, with the flags of its settings. */
  final CommandLine in(CommandContext outside) {
    context = outside;
    return options.addTo(new CommandLine(this));
  }

  @Override
  public final Integer call() {
    checkArguments();
    Settings settings = options.load(context.variables());
    try (ShutdownGuard guarding = new ShutdownGuard()) {
      guard = guarding;
      return guarded(settings).code();
    }
  }

  private ExitCode guarded(Settings settings) {
    try (Storage storage = open(settings)) {
      try {
        return run(storage);
      } finally {
        guard.workDone();
      }
    } catch (FailedCallException e) {
      if (e.reason() != FailedCallException.Reason.CANCELLED && !guard.isStopping()) {
        throw e;
      }
      progress.println("interrupted; " + afterInterruption());
      return ExitCode.FAILURE;
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

  /** What is left of the work after Ctrl-C, and how to go on. */
  String afterInterruption() {
    return "what was done so far stays, run this again to continue";
  }

  final KeyService keyService(Storage storage) {
    return new KeyService(storage.stores().keyStore(), context.clock());
  }

  /** A call of this command: Ctrl-C cancels it. */
  final Call within(Duration timeout) {
    return guard.call(timeout);
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
