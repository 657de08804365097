package dev.workflowsteps.server.postgres;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.AStep;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Steps in any state of their life, the same for the same number. Their ids and heads have the
 * lengths of recorded ones, and their payloads next to none: those cost what they weigh.
 */
final class Lives {

  /** What a step goes through. */
  static final List<String> STATES = List.of("pending", "running", "completed");

  private static final int STEPS_OF_RUN = 60;
  private static final int WORKFLOWS = 40;
  private static final Instant BEGINNING = Instant.parse("2026-03-12T09:00:00.123456Z");

  private static final List<String> TYPES =
      List.of("extract", "parse", "function", "conditional", "merge_dicts", "edit");

  /** Steps {@code from} to {@code to}, without the last, in one state. */
  static List<WorkflowStep> steps(int from, int to, String status) {
    return IntStream.range(from, to).mapToObj(i -> step(i, status)).toList();
  }

  /** The later the number, the later it was made and started; runs follow in no order. */
  static WorkflowStep step(int number, String status) {
    int run = number / STEPS_OF_RUN;
    int block = number % STEPS_OF_RUN;
    Instant created = BEGINNING.plusMillis(37L * number);
    AStep step =
        AStep.named("split_page_%02d:%s".formatted(block, hex(-1L - number)))
            .run("run_" + hex(run))
            .block("split_page_%02d".formatted(block))
            .workflow("wf_supplier_invoices_%04d".formatted(run % WORKFLOWS))
            .type(TYPES.get(block % TYPES.size()))
            .label("Split the pages of an invoice")
            .model("splitter-large-2026-01")
            .loop(
                AStep.loopOf("for_each-document-of-the-batch", block, true, OptionalInt.of(block)))
            .status(status)
            .createdAt(created)
            .startedAt(null);
    if (!status.equals("pending")) {
      step.startedAt(created.plusMillis(850).toString()).output("output-json-0", "{\"pages\":3}");
    }
    if (status.equals("completed")) {
      step.completedAt(created.plusMillis(3_210)).artifact("extraction", "ext_" + hex(number));
    }
    return step.build();
  }

  private static String hex(long seed) {
    return "%016x".formatted(new Random(seed).nextLong());
  }

  private Lives() {}
}
