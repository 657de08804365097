package dev.workflowsteps.server.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the rows of a result, or the one that it stands on. */
@FunctionalInterface
interface Rows<T> {

  T read(ResultSet rows) throws SQLException;

  /** All of them, one after the other. */
  static <T> Rows<List<T>> each(Rows<T> row) {
    return rows -> {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return all;
    };
  }

  /** The first, if there is one. */
  static <T> Rows<Optional<T>> first(Rows<T> row) {
    return rows -> rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
  }

  /** The only one. */
  static <T> Rows<T> only(Rows<T> row) {
    return rows -> {
      rows.next();
      return row.read(rows);
    };
  }
}
