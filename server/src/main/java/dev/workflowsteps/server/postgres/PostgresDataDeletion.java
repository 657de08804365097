package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StoredCounts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Deletes from PostgreSQL. Rows are locked in the order of their keys, as the writers lock them, so
 * that deletions and writers seldom deadlock. Payloads are deleted by statements of their own
 * before their steps, so that they are counted; the foreign key's cascade then finds none.
 */
final class PostgresDataDeletion implements DataDeletion {

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
      WHERE s.organization_id = ? AND s.run_id = k.run_id
        AND s.step_id BETWEEN k.step_id AND k.step_id""";

  static final String LOCK_ARTIFACTS =
      """
      SELECT artifact_id FROM artifact WHERE organization_id = ? AND artifact_id > ?
      ORDER BY artifact_id LIMIT ? FOR UPDATE""";

  static final String DELETE_ARTIFACTS =
      """
      DELETE FROM artifact a USING unnest(?) AS k (artifact_id)
      WHERE a.organization_id = ? AND a.artifact_id = k.artifact_id""";

  static final String DELETE_KEYS = "DELETE FROM api_key WHERE organization_id = ?";

  /** A statement of its own: on Citus the deletion of a name can't look into other tables. */
  static final String HAS_DATA =
      """
      SELECT EXISTS (SELECT FROM step WHERE organization_id = ?)
        OR EXISTS (SELECT FROM artifact WHERE organization_id = ?)""";

  static final String DELETE_ORGANIZATION = "DELETE FROM organization WHERE organization_id = ?";

  /** The most rows of one transaction: a writer of the same rows does not wait long for it. */
  private static final int MOST_ROWS = 1_000;

  /** How often the data of an organization is deleted again if somebody still writes to it. */
  private static final int MOST_PASSES = 3;

  private final WriterSession session;

  PostgresDataDeletion(WriterSession session) {
    this.session = session;
  }

  @Override
  public StoredCounts countRun(String organizationId, String runId, Call call) {
    return counted(
        call,
        Sql.of(COUNT_RUN, organizationId, runId, organizationId, runId, organizationId, runId));
  }

  @Override
  public StoredCounts countOrganization(String organizationId, Call call) {
    return counted(
        call, Sql.of(COUNT_ORGANIZATION, organizationId, organizationId, organizationId));
  }

  @Override
  public StoredCounts deleteRun(String organizationId, String runId, Call call) {
    return session.transact(
        call,
        RunLocks.hold(organizationId, List.of(runId)),
        transaction -> {
          rows(transaction, Sql.of(LOCK_RUN, organizationId, runId), 1);
          long payloads = transaction.update(Sql.of(DELETE_RUN_PAYLOADS, organizationId, runId));
          long steps = transaction.update(Sql.of(DELETE_RUN_STEPS, organizationId, runId));
          long artifacts = transaction.update(Sql.of(DELETE_RUN_ARTIFACTS, organizationId, runId));
          return new StoredCounts(steps, payloads, artifacts);
        });
  }

  @Override
  public StoredCounts deleteOrganization(
      String organizationId, Consumer<StoredCounts> progress, Call call) {
    OrganizationDeletion deletion = new OrganizationDeletion(organizationId, progress, call);
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      deletion.keys();
      deletion.steps();
      deletion.artifacts();
      if (deletion.name()) {
        return deletion.deleted;
      }
    }
    throw new FailedCallException(
        FailedCallException.Reason.ORGANIZATION_IN_USE,
        "organization " + organizationId + " is still written to: stop its imports first");
  }

  private StoredCounts counted(Call call, Sql count) {
    return session.transact(
        call,
        WriterSession.NO_LOCKS,
        transaction -> {
          String[] counts = rows(transaction, count, 3).get(0);
          return new StoredCounts(
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

  /** One deletion of one organization. */
  private final class OrganizationDeletion {

    private final String organizationId;
    private final Consumer<StoredCounts> progress;
    private final Call call;
    private StoredCounts deleted = StoredCounts.NONE;

    OrganizationDeletion(String organizationId, Consumer<StoredCounts> progress, Call call) {
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

    /**
     * Deletes its name, and keys made meanwhile, unless it has data again. Its exclusive lock waits
     * for the writers of the moment; later ones find the organization gone.
     */
    boolean name() {
      return session.transact(
          call,
          OrganizationLock.hold(organizationId),
          transaction -> {
            Sql hasData = Sql.of(HAS_DATA, organizationId, organizationId);
            if (rows(transaction, hasData, 1).get(0)[0].equals("t")) {
              return false;
            }
            transaction.update(Sql.of(DELETE_KEYS, organizationId));
            return transaction.update(Sql.of(DELETE_ORGANIZATION, organizationId)) == 1;
          });
    }

    void steps() {
      Batch batch = new Batch(StoredCounts.NONE, "", "");
      do {
        Batch before = batch;
        batch =
            session.transact(
                call, WriterSession.NO_LOCKS, transaction -> steps(transaction, before));
        report(batch);
      } while (!batch.isEmpty());
    }

    void artifacts() {
      Batch batch = new Batch(StoredCounts.NONE, "");
      do {
        Batch before = batch;
        batch =
            session.transact(
                call, WriterSession.NO_LOCKS, transaction -> artifacts(transaction, before));
        report(batch);
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
      return new Batch(new StoredCounts(gone, payloads, 0), keys.get(keys.size() - 1));
    }

    private Batch artifacts(Transaction transaction, Batch before) throws SQLException {
      Sql lock = Sql.of(LOCK_ARTIFACTS, organizationId, before.last[0], MOST_ROWS);
      List<String[]> ids = rows(transaction, lock, 1);
      if (ids.isEmpty()) {
        return Batch.EMPTY;
      }
      long gone = transaction.update(Sql.of(DELETE_ARTIFACTS, column(ids, 0), organizationId));
      return new Batch(new StoredCounts(0, 0, gone), ids.get(ids.size() - 1));
    }

    private void report(Batch batch) {
      deleted = deleted.plus(batch.deleted);
      if (!batch.isEmpty()) {
        progress.accept(deleted);
      }
    }
  }

  /** What one transaction deleted, and the last deleted key; no key = nothing was left. */
  private static final class Batch {

    private static final Batch EMPTY = new Batch(StoredCounts.NONE);

    private final StoredCounts deleted;
    private final String[] last;

    Batch(StoredCounts deleted, String... last) {
      this.deleted = deleted;
      this.last = last;
    }

    boolean isEmpty() {
      return last.length == 0;
    }
  }
}
