package dev.workflowsteps.server.postgres;

/** Cuts the rows of a statement where the sum of their sizes exceeds a budget. */
final class ByteBudget {

  /**
   * The first rows, up to and including the one that exceeds the budget. PostgreSQL knows the
   * length of a value that is stored out of line without reading it.
   *
   * @param size the size of a row in bytes, as an SQL expression
   * @param orderBy the order of the rows
   * @param bytes the budget
   * @param spare how many more rows to return, which show whether others follow
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
