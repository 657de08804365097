package dev.workflowsteps.server.postgres;

import dev.workflowsteps.proto.v1.WorkflowStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What writing costs: in WAL for the life of one step with other indexes, and in time for many,
 * beside a bare COPY. The figures are printed and written to {@code target/write-costs.tsv}; {@code
 * -Dwfs.test.write.steps=80000} writes more.
 */
class WriteCostReport {

  private static final int LIVES = 1_000;
  private static final int STEPS = Integer.getInteger("wfs.test.write.steps", 20_000);
  private static final int ROUNDS = 6;
  private static final int WARM_UPS = 2;
  private static final int CALLS = 20;
  private static final int OF_A_CALL = 1_000;

  private static final String OF_ORGANIZATION =
      "CREATE INDEX ON step (organization_id, status, sort_time, step_id, run_id)";
  private static final String OF_RUN =
      "CREATE INDEX ON step (organization_id, run_id, sort_time, step_id, status)";
  private static final String OF_WORKFLOW =
      "CREATE INDEX ON step (organization_id, workflow_id, status, sort_time, step_id, run_id)";
  private static final String OF_ORDER =
      "CREATE INDEX ON step (organization_id, sort_time, step_id, run_id)";

  private static final List<String> REPORT = new ArrayList<>(List.of("what\tfigure\tunit"));

  @AfterAll
  static void report() throws IOException {
    Files.write(Path.of("target", "write-costs.tsv"), REPORT);
    REPORT.forEach(System.out::println);
  }

  @Test
  void life_withOtherIndexes() throws SQLException {
    life("the indexes as they are", List.of());
    Map<String, List<String>> others = new LinkedHashMap<>();
    String dropThree = "DROP INDEX step_of_organization, step_of_run, step_of_workflow";
    others.put(
        "no types and blocks behind the order",
        List.of(dropThree, OF_ORGANIZATION, OF_RUN, OF_WORKFLOW));
    others.put(
        "no types and blocks behind the order, and one of the order alone",
        List.of(dropThree, OF_ORGANIZATION, OF_RUN, OF_WORKFLOW, OF_ORDER));
    others.put(
        "the primary key only",
        List.of(
            dropThree,
            "DROP INDEX step_of_block, step_of_type, step_of_id, step_not_pending, step_ended,"
                + " step_of_workflow_ended, step_under_way, step_to_fill"));
    for (Map.Entry<String, List<String>> other : others.entrySet()) {
      life(other.getKey(), other.getValue());
    }
  }

  /** The best of some rounds of each, in turns: both have the same disturbances. */
  @Test
  void manySteps_besideACopy() throws SQLException, IOException {
    List<WorkflowStep> steps = Lives.steps(0, STEPS, "completed");
    double recorded = Double.MAX_VALUE;
    double copied = 1;
    try (BulkCosts costs = new BulkCosts()) {
      for (int round = 0; round < WARM_UPS; round++) {
        costs.empty();
        costs.record(steps);
      }
      byte[] rows = costs.rows();
      for (int round = 0; round < ROUNDS; round++) {
        costs.empty();
        double copying = costs.copy(rows);
        costs.empty();
        double recording = costs.record(steps);
        // Of the pair that others disturbed least, as far as anybody can tell.
        if (recording / copying < recorded / copied) {
          recorded = recording;
          copied = copying;
        }
      }
    }
    line(STEPS + " steps by calls of 1,000", recorded, "ms");
    line(STEPS + " steps by one COPY", copied, "ms");
    line("calls against COPY", recorded / copied, "times");
  }

  @Test
  void aThousandSteps_inOneCall() throws SQLException {
    Map<String, List<Double>> calls = new LinkedHashMap<>();
    try (BulkCosts costs = new BulkCosts()) {
      for (int call = 0; call < CALLS; call++) {
        int first = call * OF_A_CALL;
        List<WorkflowStep> running = Lives.steps(first, first + OF_A_CALL, "running");
        List<WorkflowStep> completed = Lives.steps(first, first + OF_A_CALL, "completed");
        calls.computeIfAbsent("new", key -> new ArrayList<>()).add(costs.call(running));
        calls.computeIfAbsent("unchanged", key -> new ArrayList<>()).add(costs.call(running));
        calls.computeIfAbsent("changed", key -> new ArrayList<>()).add(costs.call(completed));
      }
    }
    calls.forEach((kind, millis) -> line("a call of 1,000 steps, " + kind, median(millis), "ms"));
  }

  private static void life(String indexes, List<String> changes) throws SQLException {
    try (WriteCosts costs = WriteCosts.on(changes)) {
      WriteCosts.Life life = costs.lives(LIVES);
      line("WAL of a life, " + indexes, life.writes(), "bytes");
      line("the log further for a life, " + indexes, life.log(), "bytes");
      line("WAL of the vacuum of a life, " + indexes, life.vacuum(), "bytes");
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static void line(String what, double figure, String unit) {
    REPORT.add("%s\t%.2f\t%s".formatted(what, figure, unit));
  }
}
