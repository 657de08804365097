package dev.workflowsteps.adapter.requests;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Steps and artifact records of an organization, few but with everything that may go wrong. */
final class Sample {

  static final List<String> STATUSES =
      List.of(
          "pending",
          "queued",
          "running",
          "completed",
          "awaiting_review",
          "error",
          "skipped",
          "cancelled",
          "waiting_for_human");

  static final List<String> BLOCK_TYPES =
      List.of(
          "start_document",
          "start_json",
          "note",
          "parse",
          "edit",
          "extract",
          "split",
          "classifier",
          "conditional",
          "api_call",
          "function",
          "while_loop",
          "for_each",
          "merge_dicts",
          "while_loop_sentinel_start",
          "while_loop_sentinel_end",
          "for_each_sentinel_start",
          "for_each_sentinel_end",
          "hil",
          "start",
          "end",
          "formula",
          "merge_pdf");

  static final List<String> OPERATIONS =
      List.of(
          "extraction",
          "split",
          "classification",
          "parse",
          "edit",
          "partition",
          "conditional_evaluation",
          "review_trigger_evaluation",
          "while_loop_termination",
          "api_call_invocation",
          "function_invocation");

  private static final int RUNS = 10;
  private static final int STEPS = 30;
  private static final Instant MORNING = Instant.parse("2026-03-12T09:00:00Z");

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

  /** In no order. */
  List<Row> steps() {
    return steps;
  }

  /** In no order. */
  List<Row> artifacts() {
    return artifacts;
  }

  private void add(String run, int number) {
    // Some ids are in every run, some in one.
    String stepId =
        number < ODD.size()
            ? ODD.get(number)
            : "step-" + number + (random.nextBoolean() ? "" : "-" + run);
    // Many start at the same time, and many never.
    long startedAt =
        random.nextInt(3) == 0
            ? Row.NOT_STARTED
            : MORNING.plusSeconds(random.nextInt(40)).getEpochSecond();
    String block = random.nextInt(4) == 0 ? "block-" + random.nextInt(5) : stepId;
    if (random.nextInt(10) > 0) {
      steps.add(step(startedAt, stepId, run, block));
      for (int i = random.nextInt(4) - 1; i > 0; i--) {
        artifacts.add(artifact(startedAt, stepId, run, block));
      }
    } else if (random.nextBoolean()) {
      artifacts.add(artifact(Row.NO_STEP, stepId, run, block));
    }
  }

  private Row step(long startedAt, String stepId, String run, String block) {
    Map<String, String> fields = new HashMap<>();
    fields.put("run_id", run);
    fields.put("step_id", stepId);
    fields.put("block_id", block);
    fields.put("block_type", any(BLOCK_TYPES));
    fields.put("status", any(STATUSES));
    String workflow = random.nextInt(3) == 0 ? "" : "workflow " + random.nextInt(3);
    if (!workflow.isEmpty()) {
      fields.put("workflow_id", workflow);
    }
    String json =
        "{\"run_id\":%s,\"block_id\":%s,\"step_id\":%s,\"block_type\":\"%s\",\"block_label\":\"\","
                .formatted(quoted(run), quoted(block), quoted(stepId), fields.get("block_type"))
            + "\"lifecycle\":{\"status\":\"%s\"%s},\"artifact\":null,\"started_at\":%s,"
                .formatted(fields.get("status"), why(fields.get("status")), time(startedAt))
            + "\"completed_at\":null,\"handle_outputs\":%s,\"handle_inputs\":{},\"created_at\":null%s}"
                .formatted(
                    outputs(), workflow.isEmpty() ? "" : ",\"workflow_id\":" + quoted(workflow));
    return new Row(startedAt, stepId, run, "", fields, json);
  }

  private String outputs() {
    if (random.nextBoolean()) {
      return "{}";
    }
    boolean large = largest > 0 && random.nextInt(5) == 0;
    String payload = large ? '"' + "x".repeat(random.nextInt(largest)) + '"' : "1.50";
    return "{\"o\":{\"type\":\"json\",\"data\":" + payload + "}}";
  }

  private Row artifact(long startedAt, String stepId, String run, String block) {
    String operation = any(OPERATIONS);
    String id =
        (random.nextInt(5) == 0 ? any(ODD.subList(0, ODD.size() - 1)) : "art")
            + "-"
            + Long.toHexString(random.nextLong());
    String json =
        "{\"operation\":\"%s\", \"id\":%s,\"run_id\":%s,\"step_id\":%s,\"block_id\":%s,"
                .formatted(operation, quoted(id), quoted(run), quoted(stepId), quoted(block))
            + "\"created_at\":\"2026-03-12T09:00:00Z\",\"n\":1.50}";
    Map<String, String> fields =
        Map.of("run_id", run, "step_id", stepId, "block_id", block, "operation", operation);
    return new Row(startedAt, stepId, run, id, fields, json);
  }

  private static String why(String status) {
    return switch (status) {
      case "skipped", "cancelled" -> ",\"reason\":\"because\"";
      case "error" -> ",\"message\":\"it failed\"";
      default -> "";
    };
  }

  private static String time(long startedAt) {
    return startedAt == Row.NOT_STARTED
        ? "null"
        : '"' + Instant.ofEpochSecond(startedAt).toString() + '"';
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private String any(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}
