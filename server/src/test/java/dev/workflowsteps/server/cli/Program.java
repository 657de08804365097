package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.SettableClock;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.document.DocumentWriter;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.stores.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line over a storage in memory, with what it prints kept. */
final class Program {

  @Command(name = "workflow-steps")
  private static final class Root {}

  final InMemoryKeyStore keys = new InMemoryKeyStore();
  final InMemoryStepWriter steps = new InMemoryStepWriter();
  final InMemoryStepStore stored = new InMemoryStepStore();
  final InMemoryArtifactStore artifacts = new InMemoryArtifactStore(stored);
  final InMemoryDataDeletion deletion = new InMemoryDataDeletion();
  final SettableClock clock = new SettableClock();
  final KeyService keyService = new KeyService(keys, clock);
  final Map<String, String> variables = new HashMap<>();

  final ByteArrayOutputStream output = new ByteArrayOutputStream();
  boolean terminal;
  InputStream input = new ByteArrayInputStream(new byte[0]);
  DocumentWriter documents =
      (step, to) -> to.write(WorkflowStep.parseFrom(step).getStepId().getBytes(UTF_8));
  StorageOpener opener = (settings, demo, holder, phases) -> opened(settings, demo, holder);
  Migrator migrator = (settings, demo, phases) -> new Migrator.Migration(2, "3");

  /** What the last command was opened with. */
  Settings settings;

  boolean demo;
  String holder;
  int opened;
  int closed;

  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  /** Runs a command and gives its exit code. */
  int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine root = new CommandLine(new Root());
    ServerCommands.addTo(
        root,
        new Environment(
            "1.2.3", variables, input, output, terminal, clock, opener, migrator, documents));
    Failures.tellFor(root);
    return root.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** What the last command printed as data. */
  String data() {
    return out.toString();
  }

  /** What the last command printed as words. */
  String words() {
    return err.toString();
  }

  private Storage opened(Settings with, boolean withDemo, String by) {
    opened++;
    settings = with;
    demo = withDemo;
    holder = by;
    return new Storage() {
      @Override
      public Stores stores() {
        return new Stores(stored, steps, stored, artifacts, artifacts, keys, deletion);
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }
}
