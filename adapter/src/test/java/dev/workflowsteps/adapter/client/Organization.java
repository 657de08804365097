package dev.workflowsteps.adapter.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that an organization has, each list in its order.
 *
 * @param key that opens it
 */
public record Organization(String name, String key, List<Row> steps, List<Row> artifacts) {

  public List<Row> rows(Kind kind) {
    return kind.isOfSteps() ? steps : artifacts;
  }

  /** What a plain scan gives: all rows of a list, in its order. */
  public List<Row> scan(Question question) {
    List<Row> found = new ArrayList<>();
    for (Row step : rows(question.kind())) {
      Row row = question.times().byEnd() ? step.byEnd() : step;
      if (question.matches(row) && question.times().contains(row)) {
        found.add(row);
      }
    }
    found.sort(null);
    if (question.descending()) {
      Collections.reverse(found);
    }
    return found;
  }

  /**
   * The places of the steps with an id, in one run or in all; among artifacts also of those of
   * which there are only records.
   */
  public List<Row> places(Kind kind, String stepId, Optional<String> runId) {
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
