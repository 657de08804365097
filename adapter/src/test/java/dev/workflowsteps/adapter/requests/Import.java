package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Gives a sample to the program that runs over a data directory, and runs other commands there. */
record Import(Path dataDir) {

  /** The organization that a sample becomes, with a key to it. */
  Organization of(String name, Sample sample) throws Exception {
    write(name, "import", sample.steps());
    write(name, "import-artifacts", sample.artifacts());
    return new Organization(
        name,
        run("keys create", name).strip(),
        sample.steps().stream().sorted().toList(),
        sample.artifacts().stream().sorted().toList());
  }

  String run(String command, String organization, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("--demo", "--data-dir=" + dataDir, "--organization=" + organization));
    arguments.addAll(List.of(more));
    return Program.run(arguments.toArray(String[]::new));
  }

  private void write(String name, String command, List<Row> rows) throws Exception {
    Path file = dataDir.resolve(name + "-" + command + ".ndjson");
    Files.write(file, rows.stream().map(Row::json).toList());
    String counts = run(command, name, "--create-organization", file.toString());
    assertThat(counts).startsWith("new " + rows.size() + ", changed 0, unchanged 0, stale 0");
  }
}
