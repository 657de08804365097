package dev.workflowsteps.adapter.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A valid request for a page, or for counts.
 *
 * @param exact single values by parameter
 * @param words several values by parameter; empty = all
 * @param cursor null if the side is {@code NONE}
 */
public record Question(
    Kind kind,
    Map<String, String> exact,
    Map<String, Set<String>> words,
    Times times,
    boolean descending,
    int limit,
    Side side,
    String cursor) {

  public enum Side {
    NONE,
    BEFORE,
    AFTER
  }

  /**
   * The time that a list is sorted by, and between which.
   *
   * @param byEnd whether by the end, else by the start
   * @param from microseconds since 1970, inclusive; {@code Long.MIN_VALUE} = from the beginning on
   * @param to exclusive; {@code Long.MAX_VALUE} = without an end
   */
  public record Times(boolean byEnd, long from, long to) {

    /** By the start, also what has none. */
    public static final Times ALL = new Times(false, Long.MIN_VALUE, Long.MAX_VALUE);

    boolean contains(Row row) {
      boolean unbounded = from == Long.MIN_VALUE && to == Long.MAX_VALUE;
      return unbounded || (row.hasTime() && from <= row.sortTime() && row.sortTime() < to);
    }

    private List<Pair> pairs() {
      List<Pair> pairs = new ArrayList<>();
      if (byEnd) {
        pairs.add(new Pair("sort_by", "ended_at"));
      }
      if (from > Long.MIN_VALUE) {
        pairs.add(new Pair("from_date", Row.instant(from).toString()));
      }
      if (to < Long.MAX_VALUE) {
        pairs.add(new Pair("to_date", Row.instant(to).toString()));
      }
      return pairs;
    }
  }

  /** A parameter and its value, before either is encoded. */
  public record Pair(String name, String value) {}

  /** For a first page. */
  public Question(
      Kind kind,
      Map<String, String> exact,
      Map<String, Set<String>> words,
      boolean descending,
      int limit) {
    this(kind, exact, words, Times.ALL, descending, limit, Side.NONE, null);
  }

  public static Question allSteps(boolean descending, int limit) {
    return new Question(Kind.LIST_STEPS, Map.of(), Map.of(), descending, limit);
  }

  public Question limit(int rows) {
    return new Question(kind, exact, words, times, descending, rows, side, cursor);
  }

  public Question before(String place) {
    return new Question(kind, exact, words, times, descending, limit, Side.BEFORE, place);
  }

  public Question after(String place) {
    return new Question(kind, exact, words, times, descending, limit, Side.AFTER, place);
  }

  public Question times(Times bounds) {
    return new Question(kind, exact, words, bounds, descending, limit, side, cursor);
  }

  /** The same filters for counts, whose times are those of the start. */
  public Question counts() {
    Times started = new Times(false, times.from(), times.to());
    return new Question(Kind.COUNT_STEPS, exact, words, started, false, 0, Side.NONE, null);
  }

  /** All that is sent. */
  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    exact.forEach((name, value) -> pairs.add(new Pair(name, value)));
    words.forEach((name, values) -> values.forEach(value -> pairs.add(new Pair(name, value))));
    pairs.addAll(times.pairs());
    if (kind.isList()) {
      pairs.add(new Pair("order", descending ? "desc" : "asc"));
      pairs.add(new Pair("limit", Integer.toString(limit)));
    }
    if (side != Side.NONE) {
      pairs.add(new Pair(side == Side.BEFORE ? "before" : "after", cursor));
    }
    return pairs;
  }

  /** All that decides which rows the list has and in which order. */
  public String list() {
    Map<String, Object> all = new TreeMap<>(exact);
    words.forEach((name, values) -> all.put(name, new TreeSet<>(values)));
    all.values().removeIf(value -> value instanceof Set<?> set && set.isEmpty());
    return kind + (descending ? " desc " : " asc ") + all + times;
  }

  boolean matches(Row row) {
    return exact.entrySet().stream().allMatch(e -> matches(row, e.getKey(), e.getValue()))
        && words.entrySet().stream()
            .allMatch(e -> e.getValue().isEmpty() || matches(row, e.getKey(), e.getValue()));
  }

  private static boolean matches(Row row, String name, Set<String> values) {
    return name.equals("exclude_status")
        ? !values.contains(row.fields().get("status"))
        : values.contains(row.fields().get(name));
  }

  private boolean matches(Row row, String name, String value) {
    boolean step = kind == Kind.LIST_ARTIFACTS && name.equals("block_id");
    return value.equals(row.fields().get(name)) || (step && value.equals(row.stepId()));
  }
}
