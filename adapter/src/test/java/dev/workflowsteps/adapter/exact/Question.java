package dev.workflowsteps.adapter.exact;

import java.util.List;
import java.util.Map;

/**
 * A list's parameters.
 *
 * @param exact {@code run_id}, {@code workflow_id}, {@code block_id} and {@code step_id}
 * @param types empty = all
 * @param statuses empty = all
 * @param before null = none
 * @param after null = none
 */
record Question(
    Map<String, String> exact,
    List<String> types,
    List<String> statuses,
    boolean descending,
    int limit,
    String before,
    String after) {

  static Question all(boolean descending, int limit) {
    return new Question(Map.of(), List.of(), List.of(), descending, limit, null, null);
  }

  Question before(String cursor) {
    return new Question(exact, types, statuses, descending, limit, cursor, null);
  }

  Question after(String cursor) {
    return new Question(exact, types, statuses, descending, limit, null, cursor);
  }

  boolean matches(Document document) {
    return exact.entrySet().stream().allMatch(e -> e.getValue().equals(document.field(e.getKey())))
        && (types.isEmpty() || types.contains(document.field("block_type")))
        && (statuses.isEmpty() || statuses.contains(document.field("status")));
  }
}
