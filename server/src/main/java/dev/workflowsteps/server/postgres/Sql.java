package dev.workflowsteps.server.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The text of a statement and the values of its parameters, built up together. */
final class Sql {

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  static Sql of(String text, Object... values) {
    return new Sql().add(text, values);
  }

  /**
   * @param values one for each {@code ?} of the text: a String, Long, Integer or LocalDate, an
   *     array of one of the first three or of byte[], or {@link #NOTHING}
   */
  Sql add(String text, Object... values) {
    this.text.append(text);
    this.values.addAll(List.of(values));
    return this;
  }

  Sql add(Sql that) {
    text.append(that.text);
    values.addAll(that.values);
    return this;
  }

  String text() {
    return text.toString();
  }

  List<Object> values() {
    return List.copyOf(values);
  }

  /** Sets the values from parameter {@code first} on and returns the number of the next one. */
  int bind(PreparedStatement statement, int first) throws SQLException {
    int next = first;
    for (Object value : values) {
      bind(statement, next++, value);
    }
    return next;
  }

  private static void bind(PreparedStatement statement, int index, Object value)
      throws SQLException {
    if (value instanceof String text) {
      statement.setString(index, text);
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value instanceof Integer number) {
      statement.setInt(index, number);
    } else if (value instanceof LocalDate day) {
      statement.setObject(index, day);
    } else if (value instanceof Object[] array) {
      String type = elementType(array);
      statement.setArray(index, statement.getConnection().createArrayOf(type, array));
    } else {
      statement.setNull(index, Types.VARCHAR);
    }
  }

  private static String elementType(Object[] array) {
    if (array instanceof Long[]) {
      return "int8";
    }
    if (array instanceof Integer[]) {
      return "int4";
    }
    return array instanceof byte[][] ? "bytea" : "text";
  }

  /** A text NULL, which equals no column. */
  static final Object NOTHING = new Object();
}
