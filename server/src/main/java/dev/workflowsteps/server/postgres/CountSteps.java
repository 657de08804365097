package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.StatusCount;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The statement that counts steps by state: for each state the first entries of its range of an
 * index, at most {@link StepStore#MOST_COUNTED}. Conditions that the range does not decide are
 * checked behind that limit, so it bounds the entries that are read and not only those that match.
 *
 * <p>The states come from their table in the same statement, so one that a newer server has added
 * is counted too. No count needs an order, but the order leaves the planner a single index to
 * choose.
 */
final class CountSteps {

  private static final String LIMIT = "\n    LIMIT " + StepStore.MOST_COUNTED;

  private final StepFilter filter;
  private final StepIndex index;

  private CountSteps(StepFilter filter) {
    this.filter = filter;
    this.index = index(filter);
  }

  /** Gives a row for each state that the filter asks for, to be read by {@link #statusCount}. */
  static Sql statement(StepFilter filter) {
    CountSteps count = new CountSteps(filter);
    return count.isOfRun() ? count.ofRun() : count.ofEachStatus();
  }

  static StatusCount statusCount(ResultSet row) throws SQLException {
    boolean exact = row.getInt("looked_at") < StepStore.MOST_COUNTED;
    return new StatusCount(row.getString("status"), row.getInt("matching"), exact);
  }

  /** A range for each block type costs less than a look at each row, even if all are named. */
  private static StepIndex index(StepFilter filter) {
    StepIndex index = StepIndex.of(filter);
    return index == StepIndex.ORGANIZATION && !filter.blockTypes().isEmpty()
        ? StepIndex.BLOCK_TYPE
        : index;
  }

  private boolean isOfRun() {
    return index == StepIndex.RUN || index == StepIndex.ONE_STEP;
  }

  /** The entries of a run are not in the order of states: all are read once, and grouped. */
  private Sql ofRun() {
    return Sql.of("WITH entry AS MATERIALIZED (")
        .add(range())
        .add("),\nfound AS MATERIALIZED (\n  SELECT status, ")
        .add(counts())
        .add(
            """

              FROM entry
              GROUP BY status)
            SELECT known.status, coalesce(found.matching, 0) AS matching,
              (SELECT coalesce(sum(looked_at), 0) FROM found) AS looked_at
            FROM step_status AS known
            LEFT JOIN found ON found.status = known.status
            """)
        .add(ofStatuses());
  }

  private Sql ofEachStatus() {
    return Sql.of(
            """
            SELECT known.status, counted.matching, counted.looked_at
            FROM step_status AS known
            CROSS JOIN LATERAL (
              SELECT\s""")
        .add(counts())
        .add("\n  FROM (")
        .add(index == StepIndex.BLOCK_TYPE ? ofEachType() : range())
        .add(") AS entry) AS counted\n")
        .add(ofStatuses());
  }

  private Sql ofEachType() {
    return Sql.of(
            """

                SELECT of_type.*
                FROM unnest(?) AS asked (block_type)
                CROSS JOIN LATERAL (""",
            (Object) texts(filter.blockTypes()))
        .add(range())
        .add(") AS of_type")
        .add(LIMIT);
  }

  private Sql range() {
    Map<String, Sql> others = otherConditions();
    List<String> columns = new ArrayList<>(List.of("status"));
    columns.addAll(others.keySet());
    Sql range =
        Sql.of(
            "\n    SELECT "
                + String.join(", ", columns)
                + "\n    FROM step\n    WHERE organization_id = ?",
            filter.organizationId());
    range.andEqual("run_id", filter.runId());
    range.andEqual("step_id", filter.stepId());
    if (index == StepIndex.BLOCK) {
      range.andEqual("block_id", filter.blockId());
    }
    if (index == StepIndex.WORKFLOW) {
      range.andEqual("workflow_id", filter.workflowId());
    }
    if (index == StepIndex.BLOCK_TYPE) {
      range.add("\n      AND block_type = asked.block_type");
    }
    if (!isOfRun()) {
      range.add("\n      AND status = known.status");
    }
    filter
        .times()
        .ifPresent(
            times ->
                range.add(
                    "\n      AND sort_time >= ? AND sort_time < ?", times.from(), times.to()));
    if (index != StepIndex.ONE_STEP) {
      range.add("\n    ORDER BY " + index.order());
    }
    return range.add(LIMIT);
  }

  private Sql counts() {
    Sql counts = Sql.of("count(*) AS looked_at, count(*)");
    String filterOrAnd = " FILTER (WHERE ";
    Map<String, Sql> others = otherConditions();
    for (Sql condition : others.values()) {
      counts.add(filterOrAnd).add(condition);
      filterOrAnd = " AND ";
    }
    return counts.add(others.isEmpty() ? " AS matching" : ") AS matching");
  }

  /** The conditions that the range does not decide, each by its column. */
  private Map<String, Sql> otherConditions() {
    Map<String, Sql> others = new LinkedHashMap<>();
    if (index != StepIndex.WORKFLOW) {
      filter.workflowId().ifPresent(id -> others.put("workflow_id", Sql.of("workflow_id = ?", id)));
    }
    if (index != StepIndex.BLOCK) {
      filter.blockId().ifPresent(id -> others.put("block_id", Sql.of("block_id = ?", id)));
    }
    if (index != StepIndex.BLOCK_TYPE && !filter.blockTypes().isEmpty()) {
      others.put("block_type", Sql.of("block_type = ANY (?)", (Object) texts(filter.blockTypes())));
    }
    return others;
  }

  private Sql ofStatuses() {
    return filter.statuses().isEmpty()
        ? Sql.of("WHERE known.status <> ALL (?)", (Object) texts(filter.excludedStatuses()))
        : Sql.of("WHERE known.status = ANY (?)", (Object) texts(filter.statuses()));
  }

  private static String[] texts(List<String> values) {
    return values.toArray(new String[0]);
  }
}
