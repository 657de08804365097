package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Real files in the shared server, each imported once for all tests of a JVM; they leave them as
 * they are.
 */
final class ImportedFiles {

  private static final Path LARGE =
      Path.of(System.getProperty("wfs.test.file", StepsFile.MIXED.toString()));

  private static Organization mixed;
  private static Organization large;

  /** Steps and the records of what they produced. */
  static synchronized Organization mixed() throws Exception {
    if (mixed == null) {
      Program program = Program.shared();
      // The records first: their places come with the steps.
      program.command(
          "import-artifacts",
          "mixed",
          "--create-organization",
          StepsFile.MIXED_ARTIFACTS.toString());
      List<Row> steps = imported("mixed", StepsFile.MIXED);
      String key = program.command("keys create", "mixed").strip();
      mixed = new Organization("mixed", key, steps, records(steps));
    }
    return mixed;
  }

  /** The file that {@code -Dwfs.test.file} names, else {@link #mixed}. */
  static synchronized Organization large() throws Exception {
    if (large == null) {
      large = LARGE.equals(StepsFile.MIXED) ? mixed() : steps("large", LARGE);
    }
    return large;
  }

  /** A file of steps, in an organization of its own. */
  static Organization steps(String organization, Path file) throws Exception {
    List<Row> steps = imported(organization, file);
    String key = Program.shared().command("keys create", organization).strip();
    return new Organization(organization, key, steps, List.of());
  }

  private static List<Row> imported(String organization, Path file) throws Exception {
    Program.shared().command("import", organization, "--create-organization", file.toString());
    return StepsFile.steps(file);
  }

  /** In list order. */
  private static List<Row> records(List<Row> steps) throws IOException {
    Map<String, Row> byKey = new HashMap<>();
    steps.forEach(step -> byKey.put(step.runId() + '\n' + step.stepId(), step));
    List<Row> records = new ArrayList<>();
    for (String line : StepsFile.lines(StepsFile.MIXED_ARTIFACTS)) {
      Row record = Row.artifact(line, Row.NO_STEP);
      Row step = byKey.get(record.runId() + '\n' + record.stepId());
      assertThat(record.field("block_id")).isEqualTo(step.field("block_id"));
      records.add(Row.artifact(line, step.sortTime()));
    }
    records.sort(null);
    return records;
  }

  private ImportedFiles() {}
}
