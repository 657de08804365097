package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks questions of one organization in one round trip: {@link TransactionSettings} and queries are
 * one prepared string, which the server runs as one implicit transaction.
 */
final class ReaderSession {

  /** A query of its own, because the role of the settings counts from the next query on. */
  private static final String COUNT_STATUSES = "SELECT count(*) FROM step_status";

  private final HikariDataSource readers;
  private final Citus citus;
  private final CancelExecutor cancels;

  /** Reads all rows of a result. */
  interface Rows<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /**
   * What queries gave, each for itself.
   *
   * @param statuses how many states a step may be in
   */
  record Counted<T>(int statuses, List<T> results) {}

  ReaderSession(HikariDataSource readers, Citus citus, CancelExecutor cancels) {
    this.readers = readers;
    this.citus = citus;
    this.cancels = cancels;
  }

  /**
   * @throws FailedCallException {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED} or {@code CANCELLED}
   */
  <T> T ask(String organizationId, Sql query, Rows<T> rows, Call call) {
    return askAll(organizationId, List.of(query), rows, call).get(0);
  }

  /** As {@link #ask}, with several queries. */
  <T> List<T> askAll(String organizationId, List<Sql> queries, Rows<T> rows, Call call) {
    return ask(citus.reader(), organizationId, queries, call, results -> results.all(rows));
  }

  /** As {@link #ask}, with the settings of {@link TransactionSettings#COUNTER}. */
  <T> T count(String organizationId, Sql query, Rows<T> rows, Call call) {
    return ask(
        citus.counter(), organizationId, List.of(query), call, results -> results.all(rows).get(0));
  }

  /** As {@link #askAll}, and counts the known states. */
  <T> Counted<T> askCounting(String organizationId, List<Sql> queries, Rows<T> rows, Call call) {
    return ask(
        citus.reader() + ";\n" + COUNT_STATUSES,
        organizationId,
        queries,
        call,
        results -> new Counted<>(results.number(), results.all(rows)));
  }

  private <T> T ask(
      String settings, String organizationId, List<Sql> queries, Call call, Reading<T> reading) {
    try (CallConnection held = new CallConnection(readers, call, cancels)) {
      Connection connection = held.connect();
      StringBuilder text = new StringBuilder(settings);
      queries.forEach(query -> text.append(";\n").append(query.text()));
      try (PreparedStatement statement = connection.prepareStatement(text.toString())) {
        statement.setString(1, organizationId);
        statement.setString(2, Long.toString(TransactionSettings.limit(call)));
        int next = 3;
        for (Sql query : queries) {
          next = query.bind(statement, next);
        }
        statement.execute();
        return reading.read(new Results(statement));
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e, call);
    }
  }

  private interface Reading<T> {
    T read(Results results) throws SQLException;
  }

  /** The results behind that of the settings. */
  private record Results(PreparedStatement statement) {

    int number() throws SQLException {
      statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getInt(1);
      }
    }

    <T> List<T> all(Rows<T> rows) throws SQLException {
      List<T> results = new ArrayList<>();
      while (statement.getMoreResults()) {
        try (ResultSet result = statement.getResultSet()) {
          results.add(rows.read(result));
        }
      }
      return results;
    }
  }
}
