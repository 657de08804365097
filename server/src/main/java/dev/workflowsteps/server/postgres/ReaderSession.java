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
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Asks questions of one organization in one round trip: {@link TransactionSettings} and queries are
 * one prepared string, which the server runs as one implicit transaction.
 */
final class ReaderSession {

  private static final Rows<Long> NUMBER = Rows.only(row -> row.getLong(1));

  private final HikariDataSource readers;
  private final Citus citus;
  private final CancelExecutor cancels;

  /** What queries gave, each for itself, and the numbers that other queries gave. */
  record Counted<T>(List<T> results, List<Long> numbers) {}

  /** A query of one number, which is looked at before anything else is read; it may throw. */
  record Check(Sql query, LongConsumer number) {}

  ReaderSession(HikariDataSource readers, Citus citus, CancelExecutor cancels) {
    this.readers = readers;
    this.citus = citus;
    this.cancels = cancels;
  }

  /**
   * @throws FailedCallException {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED} or {@code CANCELLED}
   */
  <T> T ask(String organizationId, Sql query, Rows<T> rows, Call call) {
    return askCounting(organizationId, List.of(), List.of(query), rows, List.of(), call)
        .results()
        .get(0);
  }

  /**
   * As {@link #ask}, with several queries, checks before and numbers after. Each query sees what
   * was committed when it began.
   *
   * @param numbers queries of one row and one column each
   */
  <T> Counted<T> askCounting(
      String organizationId,
      List<Check> checks,
      List<Sql> queries,
      Rows<T> rows,
      List<Sql> numbers,
      Call call) {
    return ask(citus.reader(), organizationId, checks, queries, rows, numbers, call);
  }

  /** As {@link #ask}, with the settings of {@link TransactionSettings#COUNTER}. */
  <T> T count(String organizationId, Sql query, Rows<T> rows, Call call) {
    return ask(citus.counter(), organizationId, List.of(), List.of(query), rows, List.of(), call)
        .results()
        .get(0);
  }

  private <T> Counted<T> ask(
      String settings,
      String organizationId,
      List<Check> checks,
      List<Sql> queries,
      Rows<T> rows,
      List<Sql> numbers,
      Call call) {
    try (CallConnection held = new CallConnection(readers, call, cancels)) {
      Connection connection = held.connect();
      List<Sql> all =
          Stream.of(checks.stream().map(Check::query), queries.stream(), numbers.stream())
              .flatMap(Function.identity())
              .toList();
      StringBuilder text = new StringBuilder(settings);
      all.forEach(query -> text.append(";\n").append(query.text()));
      try (PreparedStatement statement = connection.prepareStatement(text.toString())) {
        statement.setString(1, organizationId);
        statement.setString(2, Long.toString(TransactionSettings.limit(call)));
        int next = 3;
        for (Sql query : all) {
          next = query.bind(statement, next);
        }
        statement.execute();
        List<Long> checked = read(statement, checks.size(), NUMBER);
        for (int i = 0; i < checks.size(); i++) {
          checks.get(i).number().accept(checked.get(i));
        }
        return new Counted<>(
            read(statement, queries.size(), rows), read(statement, numbers.size(), NUMBER));
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e, call);
    }
  }

  /** The next results of a statement whose first one was that of the settings, or was read. */
  private static <T> List<T> read(PreparedStatement statement, int results, Rows<T> rows)
      throws SQLException {
    List<T> read = new ArrayList<>();
    while (read.size() < results) {
      statement.getMoreResults();
      try (ResultSet result = statement.getResultSet()) {
        read.add(rows.read(result));
      }
    }
    return read;
  }
}
