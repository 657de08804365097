package dev.workflowsteps.adapter.exact;

import dev.workflowsteps.adapter.client.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A file of documents to import. */
final class StepsFile {

  private static final Path FOLDER = Path.of("src/test/resources/dev/workflowsteps/adapter/exact");

  /** Real steps, and the records of what they produced. */
  static final Path MIXED = FOLDER.resolve("mixed.ndjson.gz");

  static final Path MIXED_ARTIFACTS = FOLDER.resolve("mixed-artifacts.ndjson.gz");

  static List<String> lines(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
                    StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    }
  }

  /** Its steps in list order; the last document of a step stands. */
  static List<Row> steps(Path file) throws IOException {
    Map<String, Row> steps = new LinkedHashMap<>();
    for (String line : lines(file)) {
      Row step = Row.step(line);
      steps.put(step.runId() + '\n' + step.stepId(), step);
    }
    return steps.values().stream().sorted().toList();
  }

  private StepsFile() {}
}
