package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Eraser;
import dev.workflowsteps.server.steps.Holdings;
import dev.workflowsteps.server.steps.StepsException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Deletes from PostgreSQL, in the order of the keys, as the writers lock. */
final class PostgresEraser implements Eraser {

  static final String COUNT_RUN =
      """
      SELECT (SELECT count(*) FROM step WHERE organization_id = ? AND run_id = ?),
        (SELECT count(*) FROM step_payload WHERE organization_id = ? AND run_id = ?),
        (SELECT count(*) FROM artifact WHERE organization_id = ? AND run_id = ?)""";

  static final String COUNT_ORGANIZATION =
      """
      SELECT (SELECT count(*) FROM step WHERE organization_id = ?),
        (SELECT count(*) FROM step_payload WHERE organization_id = ?),
        (SELECT count(*) FROM artifact WHERE organization_id = ?)""";

  static final String LOCK_RUN =
      """
      SELECT step_id FROM step WHERE organization_id = ? AND run_id = ?
      ORDER BY step_id FOR UPDATE""";

  static final String DELETE_RUN_PAYLOADS =
      "DELETE FROM step_payload WHERE organization_id = ? AND run_id = ?";

  static final String DELETE_RUN_STEPS =
      "DELETE FROM step WHERE organization_id = ? AND run_id = ?";

  static final String DELETE_RUN_ARTIFACTS =
      "DELETE FROM artifact WHERE organization_id = ? AND run_id = ?";

  static final String LOCK_STEPS =
      """
      SELECT run_id, step_id FROM step
      WHERE organization_id = ? AND (run_id, step_id) > (?, ?)
      ORDER BY run_id, step_id LIMIT ? FOR UPDATE""";

  static final String DELETE_PAYLOADS =
      """
      DELETE FROM step_payload p USING unnest(?, ?) AS k (run_id, step_id)
      WHERE p.organization_id = ? AND p.run_id = k.run_id AND p.step_id = k.step_id""";

  static final String DELETE_STEPS =
      """
      DELETE FROM step s USING unnest(?, ?) AS k (run_id, step_id)
      WHERE s.organization_id = ? AND s.run_id = k.run_id AND s.step_id = k.step_id""";

  static final String LOCK_ARTIFACTS =
      """
      SELECT artifact_id FROM artifact WHERE organization_id = ? AND artifact_id > ?
      ORDER BY artifact_id LIMIT ? FOR UPDATE""";

  static final String DELETE_ARTIFACTS =
      """
      DELETE FROM artifact a USING unnest(?) AS k (artifact_id)
      WHERE a.organization_id = ? AND a.artifact_id = k.artifact_id""";

  static final String DELETE_KEYS = "DELETE FROM api_key WHERE organization_id = ?";

  static final String DELETE_ORGANIZATION =
      """
      DELETE FROM organization WHERE organization_id = ?
        AND NOT EXISTS (SELECT FROM step WHERE organization_id = ?)
        AND NOT EXISTS (SELECT FROM artifact WHERE organization_id = ?)""";

  /** Writers of the same rows wait for a transaction no longer than for one of their own. */
  private static final int MOST_ROWS = 1_000;

  /** How often an organization is gone through, should somebody still be writing to it. */
  private static final int MOST_ROUNDS = 3;

  private final WriterSession session;

  PostgresEraser(WriterSession session) {
    this.session = session;
  }

  @Override
  public Holdings ofRun(String organizationId, String runId, Call call) {
    return counted(
        call,
        Sql.of(COUNT_RUN, organizationId, runId, organizationId, runId, organizationId, runId));
  }

  @Override
  public Holdings ofOrganization(String organizationId, Call call) {
    return counted(
        call, Sql.of(COUNT_ORGANIZATION, organizationId, organizationId, organizationId));
  }

  @Override
  public Holdings eraseRun(String organizationId, String runId, Call call) {
    return session.transact(
        call,
        RunLocks.hold(organizationId, List.of(runId)),
        transaction -> {
          rows(transaction, Sql.of(LOCK_RUN, organizationId, runId), 1);
          long payloads = transaction.update(Sql.of(DELETE_RUN_PAYLOADS, organizationId, runId));
          long steps = transaction.update(Sql.of(DELETE_RUN_STEPS, organizationId, runId));
          long artifacts = transaction.update(Sql.of(DELETE_RUN_ARTIFACTS, organizationId, runId));
          return new Holdings(steps, payloads, artifacts);
        });
  }

  @Override
  public Holdings eraseOrganization(String organizationId, Consumer<Holdings> progress, Call call) {
    Erasing erasing = new Erasing(organizationId, progress, call);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      erasing.keys();
      erasing.steps();
      erasing.artifacts();
      if (erasing.itself()) {
        return erasing.deleted;
      }
    }
    throw new StepsException(
        StepsException.Reason.ORGANIZATION_IN_USE,
        "organization " + organizationId + " is still written to: stop its imports first");
  }

  private Holdings counted(Call call, Sql count) {
    return session.transact(
        call,
        WriterSession.NO_LOCKS,
        transaction -> {
          String[] counts = rows(transaction, count, 3).get(0);
          return new Holdings(
              Long.parseLong(counts[0]), Long.parseLong(counts[1]), Long.parseLong(counts[2]));
        });
  }

  private static List<String[]> rows(Transaction transaction, Sql sql, int columns)
      throws SQLException {
    return transaction.ask(
        sql,
        result -> {
          List<String[]> rows = new ArrayList<>();
          while (result.next()) {
            String[] row = new String[columns];
            for (int i = 0; i < columns; i++) {
              row[i] = result.getString(i + 1);
            }
            rows.add(row);
          }
          return rows;
        });
  }

  private static String[] column(List<String[]> rows, int column) {
    return rows.stream().map(row -> row[column]).toArray(String[]::new);
  }

  /** The deletion of one organization, under way. */
  private final class Erasing {

    private final String organizationId;
    private final Consumer<Holdings> progress;
    private final Call call;
    private Holdings deleted = Holdings.NOTHING;

    Erasing(String organizationId, Consumer<Holdings> progress, Call call) {
      this.organizationId = organizationId;
      this.progress = progress;
      this.call = call;
    }

    void keys() {
      session.transact(
          call,
          WriterSession.NO_LOCKS,
          transaction -> transaction.update(Sql.of(DELETE_KEYS, organizationId)));
    }

    /** Alone, so that who writes at the moment is seen and who writes later sees it gone. */
    boolean itself() {
      return session.transact(
          call,
          OrganizationLock.hold(organizationId),
          transaction -> {
            transaction.update(Sql.of(DELETE_KEYS, organizationId));
            Sql delete =
                Sql.of(DELETE_ORGANIZATION, organizationId, organizationId, organizationId);
            return transaction.update(delete) == 1;
          });
    }

    void steps() {
      Batch batch = new Batch(Holdings.NOTHING, "", "");
      do {
        Batch before = batch;
        batch =
            session.transact(
                call, WriterSession.NO_LOCKS, transaction -> steps(transaction, before));
        tell(batch);
      } while (!batch.isEmpty());
    }

    void artifacts() {
      Batch batch = new Batch(Holdings.NOTHING, "");
      do {
        Batch before = batch;
        batch =
            session.transact(
                call, WriterSession.NO_LOCKS, transaction -> artifacts(transaction, before));
        tell(batch);
      } while (!batch.isEmpty());
    }

    private Batch steps(Transaction transaction, Batch before) throws SQLException {
      Sql lock = Sql.of(LOCK_STEPS, organizationId, before.last[0], before.last[1], MOST_ROWS);
      List<String[]> keys = rows(transaction, lock, 2);
      if (keys.isEmpty()) {
        return Batch.EMPTY;
      }
      String[] runs = column(keys, 0);
      String[] steps = column(keys, 1);
      long payloads = transaction.update(Sql.of(DELETE_PAYLOADS, runs, steps, organizationId));
      long gone = transaction.update(Sql.of(DELETE_STEPS, runs, steps, organizationId));
      return new Batch(new Holdings(gone, payloads, 0), keys.get(keys.size() - 1));
    }

    private Batch artifacts(Transaction transaction, Batch before) throws SQLException {
      Sql lock = Sql.of(LOCK_ARTIFACTS, organizationId, before.last[0], MOST_ROWS);
      List<String[]> ids = rows(transaction, lock, 1);
      if (ids.isEmpty()) {
        return Batch.EMPTY;
      }
      long gone = transaction.update(Sql.of(DELETE_ARTIFACTS, column(ids, 0), organizationId));
      return new Batch(new Holdings(0, 0, gone), ids.get(ids.size() - 1));
    }

    private void tell(Batch batch) {
      deleted = deleted.plus(batch.deleted);
      if (!batch.isEmpty()) {
        progress.accept(deleted);
      }
    }
  }

  /** What one transaction deleted, and the key of the last of it: none = nothing was left. */
  private static final class Batch {

    private static final Batch EMPTY = new Batch(Holdings.NOTHING);

    private final Holdings deleted;
    private final String[] last;

    Batch(Holdings deleted, String... last) {
      this.deleted = deleted;
      this.last = last;
    }

    boolean isEmpty() {
      return last.length == 0;
    }
  }
}
