package dev.workflowsteps.server.postgres;

/** Ends a statement's rows where their bytes pass a budget. */
final class ByteBudget {

  /**
   * The first rows, up to the one with which the bytes pass the budget. The length of a value that
   * is stored out of line is known without reading it.
   *
   * @param size of a row, as an expression
   * @param orderBy of the rows
   * @param spare rows more than those, by which is seen whether the last one is the last of all
   */
  static Sql cut(Sql rows, String columns, String size, String orderBy, long bytes, int spare) {
    return Sql.of(
            "SELECT " + columns + "\nFROM (SELECT " + columns + ",\n  sum(" + size + ") OVER (")
        .add(orderBy + " ROWS BETWEEN UNBOUNDED PRECEDING AND ")
        .add((spare + 1) + " PRECEDING) AS bytes_before\nFROM (")
        .add(rows)
        .add(") AS whole) AS measured\nWHERE bytes_before IS NULL OR bytes_before <= ?\n", bytes)
        .add(orderBy);
  }

  private ByteBudget() {}
}
