package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.steps.StepRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * What the lives of steps cost in WAL, each write a call of its own.
 *
 * <p>The figures are exact, and the same on any machine. The WAL is that of the one connection that
 * writes, by the server's own count, so nobody else's work is in it; the count is asked for on that
 * connection, which hands it over before. A page's full image is written when the page is changed
 * for the first time since a checkpoint: the table is filled right before, so that all its pages
 * were changed already, and where a checkpoint came between nevertheless (images were counted) the
 * table is filled anew. What is left has no images in it, and nothing has to be subtracted. The
 * table is also filled anew where an autovacuum came between, if only of a catalog: rows that its
 * snapshot sees can't be cleared away in passing.
 *
 * <p>A server before 18 counts for all connections together: then others' work adds to the figure.
 */
final class WriteCosts implements AutoCloseable {

  /** It is in every entry of every index, so its length counts as much as that of all ids. */
  private static final String ORGANIZATION = "acme";

  private static final int STANDING = 20_000;
  private static final int BATCH = 1_000;
  private static final int IN_FLIGHT = 50;
  private static final int MOST_TRIES = 10;

  /** Images of maps of free space, which are logged whole when they are new. */
  private static final int MOST_NEW_PAGES = 50;

  private final TestDatabase.Open database;
  private final Connection owner;
  private final HikariDataSource writers;
  private final StepRecorder recorder;

  /**
   * Bytes of WAL for each life.
   *
   * @param writes the records of the three writes
   * @param log how much further the log is after them: the records and what they are framed by, and
   *     what others did meanwhile
   * @param vacuum the records of what clears away behind them
   */
  record Life(long writes, long log, long vacuum) {}

  private record Wal(long bytes, long images, long position, long autovacuums) {

    Wal since(Wal before) {
      return new Wal(
          bytes - before.bytes,
          images - before.images,
          position - before.position,
          autovacuums - before.autovacuums);
    }
  }

  /** On an empty table with the indexes of the migration, changed by these statements. */
  static WriteCosts on(List<String> changes) throws SQLException {
    WriteCosts costs = new WriteCosts();
    for (String change : changes) {
      costs.execute(change);
    }
    return costs;
  }

  private WriteCosts() throws SQLException {
    database = TestDatabase.open();
    owner = database.connect();
    execute(TestDatabase.COPY_BY_OWNER);
    execute("ALTER TABLE step SET (autovacuum_enabled = off)");
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.url().jdbcUrl());
    config.setUsername(database.url().user().orElseThrow());
    config.setPassword(database.url().password().map(Secret::value).orElse(null));
    config.setMaximumPoolSize(1);
    // Not waiting for the disk makes no other WAL.
    config.setConnectionInitSql("SET synchronous_commit = off");
    writers = new HikariDataSource(config);
    recorder =
        new StepRecorder(
            new PostgresStepWriter(
                new WriterSession(
                    writers, new Citus(), new CancelExecutor(new SimpleMeterRegistry()))));
  }

  /** Lives that many lives, in a table where others stand. */
  Life lives(int lives) throws SQLException {
    for (int tries = 1; tries <= MOST_TRIES; tries++) {
      fill();
      Wal before = ofWriter();
      live(lives);
      Wal writes = ofWriter().since(before);
      if (writes.images() == 0 && writes.autovacuums() == 0) {
        before = wal(owner);
        execute("VACUUM (INDEX_CLEANUP on) step");
        Wal vacuum = wal(owner).since(before);
        return new Life(writes.bytes() / lives, writes.position() / lives, vacuum.bytes() / lives);
      }
    }
    throw new IllegalStateException(
        "a checkpoint or an autovacuum in each of " + MOST_TRIES + " tries");
  }

  /**
   * Bytes of WAL for steps that come into an empty table.
   *
   * @param recorded by calls of 1,000 steps
   * @param copied by one COPY of the same rows
   */
  record Bulk(long recorded, long copied) {}

  Bulk bulk(List<WorkflowStep> steps) throws SQLException, IOException {
    CopyManager copies = owner.unwrap(PGConnection.class).getCopyAPI();
    for (int tries = 1; tries <= MOST_TRIES; tries++) {
      execute("TRUNCATE step CASCADE");
      Wal before = ofWriter();
      for (int i = 0; i < steps.size(); i += BATCH) {
        recorder.record(ORGANIZATION, steps.subList(i, i + BATCH), call());
      }
      Wal recorded = ofWriter().since(before);
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      copies.copyOut("COPY step TO STDOUT (FORMAT binary)", rows);
      execute("TRUNCATE step CASCADE");
      before = wal(owner);
      copies.copyIn(
          "COPY step FROM STDIN (FORMAT binary)", new ByteArrayInputStream(rows.toByteArray()));
      Wal copied = wal(owner).since(before);
      if (recorded.images() <= MOST_NEW_PAGES && copied.images() <= MOST_NEW_PAGES) {

        return new Bulk(recorded.bytes(), copied.bytes());
      }
    }
    throw new IllegalStateException("a checkpoint in each of " + MOST_TRIES + " tries");
  }

  private void fill() throws SQLException {
    execute("TRUNCATE step CASCADE");
    for (int i = 0; i < STANDING; i += BATCH) {
      recorder.record(ORGANIZATION, Lives.steps(i, i + BATCH, "completed"), call());
    }
    execute("VACUUM (ANALYZE) step");
  }

  /** Some are pending and some running at any time, as it is with steps of a workflow. */
  private void live(int lives) {
    for (int i = 0; i < lives + IN_FLIGHT; i++) {
      for (int state = 0; state < Lives.STATES.size(); state++) {
        int life = i - state * IN_FLIGHT / 2;
        if (life >= 0 && life < lives) {
          recorder.record(
              ORGANIZATION, List.of(Lives.step(STANDING + life, Lives.STATES.get(state))), call());
        }
      }
    }
  }

  private Wal ofWriter() throws SQLException {
    try (Connection writer = writers.getConnection()) {
      return wal(writer);
    }
  }

  private static Wal wal(Connection connection) throws SQLException {
    String counts =
        connection.getMetaData().getDatabaseMajorVersion() < 18
            ? "pg_stat_wal"
            : "pg_stat_get_backend_wal(pg_backend_pid())";
    String sql =
        "SELECT wal_bytes, wal_fpi, pg_current_wal_insert_lsn() - '0/0'::pg_lsn,"
            + " (SELECT sum(autovacuum_count + autoanalyze_count) FROM pg_stat_all_tables) FROM "
            + counts;
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_stat_force_next_flush()");
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return new Wal(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }

  @Override
  public void close() throws SQLException {
    writers.close();
    owner.close();
    database.close();
  }
}
