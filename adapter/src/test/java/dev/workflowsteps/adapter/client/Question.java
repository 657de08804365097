package dev.workflowsteps.adapter.client;

import java.util.ArrayList;
import java.util.List;
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
public record Question(
    Kind kind,
    Map<String, String> exact,
    Map<String, Set<String>> anyOf,
    boolean descending,
    int limit,
    Side side,
    String cursor) {

  public enum Side {
    NONE,
    BEFORE,
    AFTER
  }

  /** A parameter and its value, before either is encoded. */
  public record Pair(String name, String value) {}

  /** For a first page. */
  public Question(
      Kind kind,
      Map<String, String> exact,
      Map<String, Set<String>> anyOf,
      boolean descending,
      int limit) {
    this(kind, exact, anyOf, descending, limit, Side.NONE, null);
  }

  public static Question allSteps(boolean descending, int limit) {
    return new Question(Kind.LIST_STEPS, Map.of(), Map.of(), descending, limit);
  }

  public Question limit(int rows) {
    return new Question(kind, exact, anyOf, descending, rows, side, cursor);
  }

  public Question before(String place) {
    return new Question(kind, exact, anyOf, descending, limit, Side.BEFORE, place);
  }

  public Question after(String place) {
    return new Question(kind, exact, anyOf, descending, limit, Side.AFTER, place);
  }

  /** All that is sent. */
  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    exact.forEach((name, value) -> pairs.add(new Pair(name, value)));
    anyOf.forEach((name, values) -> values.forEach(value -> pairs.add(new Pair(name, value))));
    pairs.add(new Pair("order", descending ? "desc" : "asc"));
    pairs.add(new Pair("limit", Integer.toString(limit)));
    if (side != Side.NONE) {
      pairs.add(new Pair(side == Side.BEFORE ? "before" : "after", cursor));
    }
    return pairs;
  }

  /** All that decides which rows the list has and in which order. */
  public String list() {
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
