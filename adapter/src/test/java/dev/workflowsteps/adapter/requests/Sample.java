package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.contract.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Steps and artifact records of an organization, few but with everything that may go wrong. */
final class Sample {

  private static final int RUNS = 10;
  private static final int STEPS = 30;
  static final Instant MORNING = Instant.parse("2026-03-12T09:00:00Z");

  private static final List<String> ODD =
      List.of(
          "with space",
          "a/b",
          "a%2Fb",
          "a+b",
          "a;b=c",
          "a:b:c",
          "a,b",
          "[a, b]",
          "é",
          "日本語",
          "😀",
          "\uFFFD",
          "~._-",
          "\"quoted\"",
          "back\\slash",
          "?x=1&y=2#z",
          "wfc1_AAAA",
          "'\u2028'",
          "x".repeat(256));

  private final Random random;
  private final int largest;
  private final List<Row> steps = new ArrayList<>();
  private final List<Row> artifacts = new ArrayList<>();

  /**
   * @param largest of the payloads of a tenth of the steps, in bytes; 0 = they are small too
   */
  Sample(Random random, int largest) {
    this.random = random;
    this.largest = largest;
    for (int run = 0; run < RUNS; run++) {
      for (int step = 0; step < STEPS; step++) {
        add("run_" + run, step);
      }
    }
  }

  /** The organization that it becomes, with a key to it. */
  Organization importInto(Program program, String name) throws Exception {
    write(program, name, "import", steps);
    write(program, name, "import-artifacts", artifacts);
    return new Organization(
        name,
        program.command("keys create", name).strip(),
        steps.stream().sorted().toList(),
        artifacts.stream().sorted().toList());
  }

  private static void write(Program program, String name, String command, List<Row> rows)
      throws Exception {
    Path file = program.dataDir().resolve(name + "-" + command + ".ndjson");
    Files.write(file, rows.stream().map(Row::json).toList());
    assertThat(program.command(command, name, "--create-organization", file.toString()))
        .startsWith("new " + rows.size() + ", changed 0, unchanged 0, stale 0");
  }

  private void add(String run, int number) {
    // Some ids are in every run, some in one.
    String stepId =
        number < ODD.size()
            ? ODD.get(number)
            : "step-" + number + (random.nextBoolean() ? "" : "-" + run);
    // Many start at the same time, and many never.
    String startedAt =
        random.nextInt(3) == 0
            ? "null"
            : '"' + MORNING.plusSeconds(random.nextInt(40)).toString() + '"';
    String block = random.nextInt(4) == 0 ? "block-" + random.nextInt(5) : stepId;
    if (random.nextInt(10) > 0) {
      Row step = Row.step(step(startedAt, stepId, run, block));
      steps.add(step);
      for (int i = random.nextInt(4) - 1; i > 0; i--) {
        artifacts.add(Row.artifact(artifact(stepId, run, block), step.sortTime()));
      }
    } else if (random.nextBoolean()) {
      artifacts.add(Row.artifact(artifact(stepId, run, block), Row.NO_STEP));
    }
  }

  /** Mostly of the same minute. */
  private String time() {
    return random.nextBoolean()
        ? "null"
        : '"' + MORNING.plusSeconds(random.nextInt(40)).toString() + '"';
  }

  private String step(String startedAt, String stepId, String run, String block) {
    String status = any(Words.STATUS.all());
    String workflow = random.nextInt(3) == 0 ? "" : "workflow " + random.nextInt(3);
    return "{\"run_id\":%s,\"block_id\":%s,\"step_id\":%s,\"block_type\":\"%s\",\"block_label\":\"\","
            .formatted(quoted(run), quoted(block), quoted(stepId), any(Words.BLOCK_TYPE.all()))
        + "\"lifecycle\":{\"status\":\"%s\"%s},\"artifact\":null,\"started_at\":%s,"
            .formatted(status, why(status), startedAt)
        + "\"completed_at\":%s,\"handle_outputs\":%s,\"handle_inputs\":{},\"created_at\":%s%s}"
            .formatted(
                time(),
                outputs(),
                time(),
                workflow.isEmpty() ? "" : ",\"workflow_id\":" + quoted(workflow));
  }

  private String outputs() {
    if (random.nextBoolean()) {
      return "{}";
    }
    boolean large = largest > 0 && random.nextInt(5) == 0;
    String payload = large ? '"' + "x".repeat(random.nextInt(largest)) + '"' : "1.50";
    return "{\"o\":{\"type\":\"json\",\"data\":" + payload + "}}";
  }

  private String artifact(String stepId, String run, String block) {
    String operation = any(Words.OPERATION.all());
    String id =
        (random.nextInt(5) == 0 ? any(ODD.subList(0, ODD.size() - 1)) : "art")
            + "-"
            + Long.toHexString(random.nextLong());
    return "{\"operation\":\"%s\", \"id\":%s,\"run_id\":%s,\"step_id\":%s,\"block_id\":%s,"
            .formatted(operation, quoted(id), quoted(run), quoted(stepId), quoted(block))
        + "\"created_at\":\"2026-03-12T09:00:00Z\",\"n\":1.50}";
  }

  private static String why(String status) {
    return switch (status) {
      case "skipped", "cancelled" -> ",\"reason\":\"because\"";
      case "error" -> ",\"message\":\"it failed\"";
      default -> "";
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private String any(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}
