package dev.workflowsteps.server.postgres;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.postgresql.PGConnection;

/** How long it takes to write many steps, as a server does and by a bare COPY of the same rows. */
final class BulkCosts implements AutoCloseable {

  private static final String ORGANIZATION = "acme";
  private static final int BATCH = 1_000;

  private final TestDatabase.Open database = TestDatabase.open();
  private final Connection owner = database.connect();
  private final StepRecorder recorder = new StepRecorder(database.database().stores().stepWriter());

  BulkCosts() throws SQLException {
    TestDatabase.execute(owner, TestDatabase.COPY_BY_OWNER);
  }

  void empty() throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute("TRUNCATE step CASCADE");
    }
  }

  /** Records them, a thousand with each call, and gives the milliseconds, as all of these do. */
  double record(List<WorkflowStep> steps) {
    double millis = 0;
    for (int i = 0; i < steps.size(); i += BATCH) {
      millis += call(steps.subList(i, Math.min(i + BATCH, steps.size())));
    }
    return millis;
  }

  /** One call with all of them. */
  double call(List<WorkflowStep> steps) {
    long start = System.nanoTime();

    recorder.record(ORGANIZATION, steps, Call.within(Duration.ofMinutes(1)));
    return millisSince(start);
  }

  /** The rows of the table in the form of COPY, in the order in which they were written. */
  byte[] rows() throws SQLException, IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    copies().getCopyAPI().copyOut("COPY step TO STDOUT (FORMAT binary)", rows);
    return rows.toByteArray();
  }

  double copy(byte[] rows) throws SQLException, IOException {
    long start = System.nanoTime();
    copies()
        .getCopyAPI()
        .copyIn("COPY step FROM STDIN (FORMAT binary)", new ByteArrayInputStream(rows));
    return millisSince(start);
  }

  private PGConnection copies() throws SQLException {
    return owner.unwrap(PGConnection.class);
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  @Override
  public void close() throws SQLException {
    owner.close();
    database.close();
  }
}
