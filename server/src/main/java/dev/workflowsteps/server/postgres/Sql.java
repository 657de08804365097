package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The text of a statement and the values of its parameters, built up together. */
final class Sql {

  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  static Sql of(String text, Object... values) {
    return new Sql().add(text, values);
  }

  /**
   * @param values one for each {@code ?} of the text: a String, Long, Integer, LocalDate, Instant
   *     or byte[], an array of one of the first three or of byte[], {@link #NOTHING}, or an
   *     Optional or OptionalLong, which is NULL if it is empty
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

  /** Adds a condition behind others, if there is a value. */
  Sql andEqual(String column, Optional<String> value) {
    value.ifPresent(v -> add("\n    AND " + column + " = ?", v));
    return this;
  }

  String text() {
    return text.toString();
  }

  List<Object> values() {
    return List.copyOf(values);
  }

  /** Runs one or several statements whose results nobody reads, in one round trip. */
  void run(Connection connection) throws SQLException {
    try (PreparedStatement statement = prepare(connection)) {
      statement.execute();
    }
  }

  /** Runs a statement and returns how many rows it wrote. */
  long update(Connection connection) throws SQLException {
    try (PreparedStatement statement = prepare(connection)) {
      return statement.executeUpdate();
    }
  }

  /** Runs a query. */
  <T> T ask(Connection connection, Rows<T> rows) throws SQLException {
    try (PreparedStatement statement = prepare(connection);
        ResultSet result = statement.executeQuery()) {
      return rows.read(result);
    }
  }

  /** The statement with its values. */
  PreparedStatement prepare(Connection connection) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text());
    try {
      bind(statement, 1);
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
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
    } else if (value instanceof Instant time) {
      statement.setObject(index, time.atOffset(ZoneOffset.UTC));
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else if (value instanceof Optional<?> optional && optional.isPresent()) {
      bind(statement, index, optional.get());
    } else if (value instanceof OptionalLong optional && optional.isPresent()) {
      statement.setLong(index, optional.getAsLong());
    } else if (value instanceof Optional || value instanceof OptionalLong) {
      statement.setNull(index, Types.NULL);
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

  /** A text of each row, in an array as {@code unnest} takes it. */
  static <R> String[] texts(Collection<R> rows, Function<R, String> text) {
    return rows.stream().map(text).toArray(String[]::new);
  }

  /** A text NULL, which equals no column. */
  static final Object NOTHING = new Object();
}
