package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lines to import, of steps that nobody else has. They are in no order of their keys, so that what
 * is stored of a part of a batch is no beginning of them.
 */
final class ImportedLines {

  private static final int COUNT = 4_000;
  private static final int LARGE_PAYLOAD_BYTES = 70_000;
  private static final Pattern BEGIN =
      Pattern.compile("\\{\"run_id\":\"([^\"]*)\",\"workflow_id\":\"[^\"]*\"");
  private static final String NO_INPUTS = "\"handle_inputs\":{}";

  private final String workflow;
  private final List<String> lines;

  private ImportedLines(String workflow, List<String> lines) {
    this.workflow = workflow;
    this.lines = lines;
  }

  /** Some of the documents of {@code mixed}, all of one workflow; now and then a large payload. */
  static ImportedLines of(String workflow, Random random) throws IOException {
    List<String> documents = new ArrayList<>(StepsFile.lines(StepsFile.MIXED));
    Collections.shuffle(documents, random);
    List<String> lines = new ArrayList<>();
    for (String document : documents.subList(0, COUNT)) {
      lines.add(line(workflow, document, random));
    }
    return new ImportedLines(workflow, lines);
  }

  int count() {
    return lines.size();
  }

  byte[] bytes() {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  /** Begins to write all lines to a process. */
  Feed feed(Process process) {
    return new Feed(process);
  }

  /** How many of the first lines are there, each told in full; no others are. */
  int present(Client client) throws IOException {
    List<Row> rows =
        client.walk(
            new Question(Kind.LIST_STEPS, Map.of("workflow_id", workflow), Map.of(), false, 1_000));
    Map<String, Row> expected = new HashMap<>();
    for (String line : lines.subList(0, rows.size())) {
      Row row = Row.step(line);
      expected.put(key(row), row);
    }
    assertThat(rows.stream().map(ImportedLines::key).collect(Collectors.toSet()))
        .as("steps of %s", workflow)
        .isEqualTo(expected.keySet());
    for (Row row : rows) {
      Row line = expected.get(key(row));
      assertThat(row.tells(line)).as("%s, expected %s", row, line).isTrue();
    }
    return rows.size();
  }

  private static String line(String workflow, String document, Random random) {
    Matcher begin = BEGIN.matcher(document);
    assertThat(begin.lookingAt()).as(document).isTrue();
    String line =
        "{\"run_id\":\"%s_%s\",\"workflow_id\":\"%s\"%s"
            .formatted(workflow, begin.group(1), workflow, document.substring(begin.end()));
    return random.nextInt(50) == 0 ? line.replace(NO_INPUTS, largeInput(random)) : line;
  }

  private static String largeInput(Random random) {
    String text = Long.toHexString(random.nextLong());
    String json = '"' + text.repeat(LARGE_PAYLOAD_BYTES / text.length()) + '"';
    return NO_INPUTS.replace("{}", "{\"large\":{\"type\":\"json\",\"data\":" + json + "}}");
  }

  private static String key(Row row) {
    return row.runId() + '\n' + row.stepId();
  }

  /** The writing of all lines to a process, until it ends. */
  final class Feed {

    private final Process process;
    private final AtomicInteger written = new AtomicInteger();
    private final Thread thread = new Thread(this::write, "feed");

    private Feed(Process process) {
      this.process = process;
      thread.start();
    }

    /** Waits until so many lines are written, or no more can be. */
    void await(int count) throws InterruptedException {
      while (written.get() < count && thread.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    /** The lines of which the process may have seen something, once it has ended. */
    int begun() throws InterruptedException {
      thread.join();
      return Math.min(written.get() + 1, lines.size());
    }

    private void write() {
      try (OutputStream out = process.getOutputStream()) {
        for (String line : lines) {
          out.write((line + '\n').getBytes(StandardCharsets.UTF_8));
          out.flush();
          written.incrementAndGet();
        }
      } catch (IOException killed) {
        // Whether it was meant to end is not this one's to say.
      }
    }
  }
}
