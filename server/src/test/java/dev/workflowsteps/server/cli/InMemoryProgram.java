package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.SettableClock;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.document.DocumentWriter;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.OrganizationSize;
import dev.workflowsteps.server.steps.OrganizationSizes;
import dev.workflowsteps.server.stores.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line over a storage in memory, with what it prints kept. */
final class InMemoryProgram {

  @Command(name = "workflow-steps")
  private static final class Root {}

  static final String DATABASE = "database: in memory" + System.lineSeparator();

  final InMemoryStores stores = new InMemoryStores();
  final InMemoryKeyStore keys = stores.keys;
  final InMemoryStepStore steps = stores.steps;
  final InMemoryArtifactStore artifacts = stores.artifacts;
  final InMemoryDataDeletion deletion = new InMemoryDataDeletion();

  /** By organization; {@link OrganizationSize#NOTHING} if it has none here. */
  final Map<String, OrganizationSize> held = new HashMap<>();

  OrganizationSizes sizes =
      (organization, call) -> held.getOrDefault(organization, OrganizationSize.NOTHING);
  ServerCheck check = (server, settings, withDemo) -> List.of();

  final SettableClock clock = new SettableClock();
  final KeyService keyService = new KeyService(keys, clock);
  final Map<String, String> variables = new HashMap<>();

  final ByteArrayOutputStream output = new ByteArrayOutputStream();

  /** Where data go; {@link #output} unless a test says otherwise. */
  OutputStream destination = output;

  boolean terminal;
  InputStream input = new ByteArrayInputStream(new byte[0]);
  DocumentWriter documents =
      (step, to) -> to.write(WorkflowStep.parseFrom(step).getStepId().getBytes(UTF_8));
  Storage.Opener opener = (settings, demo, command, progress) -> opened(settings, demo, command);

  /** How many steps a migration leaves unfilled. */
  long left;

  /** What a migration says while it runs. */
  List<String> phases = List.of();

  SchemaMigrator migrator =
      new SchemaMigrator() {
        @Override
        public Migration migrate(Settings settings, boolean demo, ProgressListener progress) {
          phases.forEach(progress::begin);
          return new Migration(2, "3", 4_000, left, "in memory");
        }

        @Override
        public Migration distribute(Settings settings, ProgressListener progress) {
          progress.begin("distributing");
          return migrate(settings, false, progress);
        }

        @Override
        public String administratorScript(Settings settings) {
          return "CREATE ROLE r;\n";
        }
      };

  /** What the last command was opened with. */
  Settings settings;

  boolean demo;
  String command;
  int opened;
  int closed;

  /** Whether stdout takes nothing. */
  boolean full;

  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  /** Runs a command and gives its exit code. */
  int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return commandLine()
        .setOut(new PrintWriter(full ? new FullDisk() : out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  CommandLine commandLine() {
    CommandLine root = new CommandLine(new Root());
    ServerCommands.addTo(
        root,
        new CommandContext(
            "1.2.3",
            variables,
            input,
            destination,
            terminal,
            clock,
            opener,
            migrator,
            documents,
            check));
    ErrorHandling.install(root);
    return root;
  }

  /** What the last command printed as data. */
  String data() {
    return out.toString();
  }

  /** What the last command printed as words, but for the line that names the database. */
  String words() {
    return allWords().replace(DATABASE, "");
  }

  /** What the last command printed as words. */
  String allWords() {
    return err.toString();
  }

  private static final class FullDisk extends Writer {

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private Storage opened(Settings with, boolean withDemo, String by) {
    opened++;
    settings = with;
    demo = withDemo;
    command = by;
    return new Storage() {
      @Override
      public String database() {
        return "in memory";
      }

      @Override
      public Stores stores() {
        return stores.all(deletion, sizes);
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }
}
