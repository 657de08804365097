package dev.workflowsteps.adapter.client;

import dev.workflowsteps.contract.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
    boolean byEnd = question.times().byEnd();
    for (Row step : rows(question.kind())) {
      if (question.matches(step)) {
        Row row = byEnd ? step.byEnd() : step;
        if (question.times().contains(row)) {
          found.add(row);
        }
      }
    }
    if (byEnd) {
      found.sort(null);
    }
    if (question.descending()) {
      Collections.reverse(found);
    }
    return found;
  }

  /**
   * The counts of what a plain scan gives, as JSON. All are exact: no state has so many steps that
   * they are not.
   */
  public String count(Question question) {
    Map<String, Integer> counts = new HashMap<>();
    scan(question).forEach(step -> counts.merge(step.field("status"), 1, Integer::sum));
    String data =
        Words.STATUS.all().stream()
            .filter(counts::containsKey)
            .map(status -> count("\"status\":\"" + status + "\",", counts.get(status)))
            .collect(Collectors.joining(","));
    int total = counts.values().stream().mapToInt(count -> count).sum();
    return "{\"data\":[" + data + "],\"total\":" + count("", total) + "}";
  }

  private static String count(String status, int count) {
    return "{" + status + "\"count\":" + count + ",\"exact\":true}";
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
        .collect(Collectors.toMap(Row::runId, row -> row, (one, other) -> one, LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }
}
