package dev.workflowsteps.adapter.requests;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that an organization has, each list in its order.
 *
 * @param key that opens it
 */
record Organization(String name, String key, List<Row> steps, List<Row> artifacts) {

  List<Row> rows(Kind kind) {
    return kind.isOfSteps() ? steps : artifacts;
  }

  /**
   * The places of the steps with an id, in one run or in all; among artifacts also of those of
   * which there are only records.
   */
  List<Row> places(Kind kind, String stepId, Optional<String> runId) {
    Stream<Row> known =
        kind.isOfSteps() ? steps.stream() : Stream.concat(steps.stream(), artifacts.stream());
    return known
        .filter(row -> row.stepId().equals(stepId))
        .filter(row -> runId.map(row.runId()::equals).orElse(true))
        .map(Row::beforeItsRecords)
        .collect(
            java.util.stream.Collectors.toMap(
                Row::runId, row -> row, (one, other) -> one, java.util.LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }
}
