package dev.workflowsteps.adapter.requests;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A valid request for a page.
 *
 * @param exact single values by parameter
 * @param anyOf several values by parameter; empty = all
 * @param cursor null if the side is {@code NONE}
 */
record Question(
    Organization organization,
    Kind kind,
    Map<String, String> exact,
    Map<String, Set<String>> anyOf,
    boolean descending,
    Side side,
    String cursor,
    int limit) {

  enum Side {
    NONE,
    BEFORE,
    AFTER
  }

  /** All that decides which rows the list has and in which order. */
  String list() {
    Map<String, Object> all = new TreeMap<>(exact);
    anyOf.forEach((name, values) -> all.put(name, new TreeSet<>(values)));
    all.values().removeIf(value -> value instanceof Set<?> set && set.isEmpty());
    return kind + (descending ? " desc " : " asc ") + all;
  }

  boolean matches(Row row) {
    return exact.entrySet().stream().allMatch(e -> matches(row, e.getKey(), e.getValue()))
        && anyOf.entrySet().stream()
            .allMatch(
                e -> e.getValue().isEmpty() || e.getValue().contains(row.fields().get(e.getKey())));
  }

  private boolean matches(Row row, String name, String value) {
    boolean step = kind == Kind.LIST_ARTIFACTS && name.equals("block_id");
    return value.equals(row.fields().get(name)) || (step && value.equals(row.stepId()));
  }
}
