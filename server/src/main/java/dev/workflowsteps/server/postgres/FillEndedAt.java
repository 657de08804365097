package dev.workflowsteps.server.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.encoding.StoredForm;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.flywaydb.core.api.migration.Context;

/**
 * Version 5.1: fills {@code ended_at} of the rows that servers without this column wrote, from the
 * message in the row. Such servers may go on writing, so each run of {@code migrate} ends with it
 * again.
 *
 * <p>A window of rows is read, and updated in several parts, each every so many rows of it. So a
 * page of the table has room for the new versions of most of its rows: those that an earlier part
 * replaced are gone. Updated at once, all of them would go to other pages, with a new entry in each
 * index.
 */
final class FillEndedAt extends LargeMigration {

  static final String READ =
      """
      SELECT run_id, step_id, status, sort_time, head
      FROM step
      WHERE organization_id = ? AND form_version = 1 AND (run_id, step_id) > (?, ?)
      ORDER BY run_id, step_id
      LIMIT ?""";

  /** A row that was written since it was read has another head, and is left for the next run. */
  static final String FILL =
      """
      UPDATE step SET ended_at = filled.ended_at, form_version = 2
      FROM unnest(?, ?, ?, ?) AS filled (run_id, step_id, head, ended_at)
      WHERE organization_id = ? AND form_version = 1 AND step.run_id = filled.run_id
        AND step.step_id = filled.step_id AND step.head = filled.head""";

  static final String COUNT_LEFT =
      "SELECT count(*) FROM step WHERE organization_id = ? AND form_version = 1";

  private static final int PARTS = 8;
  private static final int WINDOW_ROWS = 1_000 * PARTS;
  private static final int WINDOW_BYTES = 8 << 20;

  /** Of up to 1 MiB each, which are in memory beside the window. */
  private static final int FETCH_ROWS = 16;

  private final ProgressListener progress;
  private long filled;

  /** A row without its time. */
  private record Unfilled(String runId, String stepId, String status, long sortTime, byte[] head) {}

  FillEndedAt(ProgressListener progress) {
    super("5.1", "times at which steps ended");
    this.progress = progress;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    progress.begin(title());
    boolean unused = fill(context.getConnection());
  }

  /** How many rows this object has filled. */
  long filled() {
    return filled;
  }

  /**
   * Fills what is there; what a server writes meanwhile may be left.
   *
   * @return whether there was anything
   */
  boolean fill(Connection connection) throws SQLException {
    boolean found = false;
    for (String organizationId : organizations(connection)) {
      List<Unfilled> window = window(connection, organizationId, "", "");
      while (!window.isEmpty()) {
        found = true;
        for (int part = 0; part < PARTS; part++) {
          filled += fill(connection, organizationId, part(window, part));
        }
        report(progress, "filling the times at which steps ended, %,d so far", filled);
        Unfilled last = window.get(window.size() - 1);
        window = window(connection, organizationId, last.runId(), last.stepId());
      }
    }
    return found;
  }

  /** How many rows are without their time. */
  static long left(Connection connection) throws SQLException {
    long left = 0;
    Rows<Long> count = Rows.only(row -> row.getLong(1));
    for (String organizationId : organizations(connection)) {
      Sql sql = Sql.of(COUNT_LEFT, organizationId);
      left += transact(connection, any -> sql.ask(any, count));
    }
    return left;
  }

  private static List<Unfilled> part(List<Unfilled> window, int part) {
    return IntStream.range(0, window.size())
        .filter(i -> i % PARTS == part)
        .mapToObj(window::get)
        .toList();
  }

  /** The next rows, in the order of their keys. */
  private static List<Unfilled> window(
      Connection connection, String organizationId, String runId, String stepId)
      throws SQLException {
    Sql sql = Sql.of(READ, organizationId, runId, stepId, WINDOW_ROWS);
    return transact(connection, any -> read(any, sql));
  }

  private static List<Unfilled> read(Connection connection, Sql sql) throws SQLException {
    List<Unfilled> window = new ArrayList<>();
    try (PreparedStatement statement = sql.prepare(connection)) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        for (long bytes = 0; bytes < WINDOW_BYTES && rows.next(); ) {
          Unfilled row =
              new Unfilled(
                  rows.getString(1),
                  rows.getString(2),
                  rows.getString(3),
                  rows.getLong(4),
                  rows.getBytes(5));
          bytes += row.head().length;
          window.add(row);
        }
      }
    }
    return window;
  }

  private static long fill(Connection connection, String organizationId, List<Unfilled> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    Sql sql =
        Sql.of(
            FILL,
            Sql.texts(rows, Unfilled::runId),
            Sql.texts(rows, Unfilled::stepId),
            rows.stream().map(Unfilled::head).toArray(byte[][]::new),
            rows.stream().map(FillEndedAt::endedAt).toArray(Long[]::new),
            organizationId);
    return transact(connection, sql::update);
  }

  /** What the writer would have stored. Of a broken step nothing is known but its columns. */
  private static long endedAt(Unfilled row) {
    if (StoredForm.isHead(row.head())) {
      try {
        return StepRecord.endedAt(WorkflowStep.parseFrom(row.head()));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("a whole head can't be parsed", e);
      }
    }
    return Words.STATUS.isTerminal(row.status()) ? row.sortTime() : StepPosition.NO_TIME;
  }
}
