package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.migration.Context;

/**
 * Changes the rows of a table in batches, in the order of their keys, each batch in a short
 * transaction, so that servers go on reading and writing meanwhile. Goes through the organizations
 * one by one, since every statement binds its organization.
 */
final class BatchedMigration extends LargeMigration {

  static final String ORGANIZATIONS =
      "SELECT organization_id FROM organization ORDER BY organization_id";

  private static final int BATCH = 1_000;
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String table;
  private final List<String> key;
  private final Change change;
  private final ProgressListener progress;

  /** What is done to the rows of a batch. */
  @FunctionalInterface
  interface Change {

    /**
     * One or several statements, run in one transaction. They must leave rows alone that have been
     * changed before, because an interrupted migration starts again at the first row.
     *
     * @param rows the condition that holds for the rows of the batch; it binds the organization
     */
    Sql of(String organizationId, Sql rows);
  }

  /**
   * @param key the columns of the table's primary key behind the organization, all of them text
   */
  BatchedMigration(
      String version,
      String description,
      String table,
      List<String> key,
      Change change,
      ProgressListener progress) {
    super(version, description);
    this.table = table;
    this.key = key;
    this.change = change;
    this.progress = progress;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    progress.begin(title());
    Connection connection = context.getConnection();
    // The owner of the tables may see no rows itself.
    execute(connection, "SET ROLE " + Privileges.WRITER);
    changeAll(connection);
    execute(connection, "RESET ROLE");
  }

  private void changeAll(Connection connection) throws SQLException {
    long rows = 0;
    long reportAt = System.nanoTime() + REPORT_NANOS;
    for (String organizationId : organizations(connection)) {
      List<String> after = beforeAll();
      while (true) {
        List<String> from = after;
        List<List<String>> batch = LockRetries.run(() -> batch(connection, organizationId, from));
        if (batch.isEmpty()) {
          break;
        }
        after = batch.get(batch.size() - 1);
        rows += batch.size();
        if (System.nanoTime() - reportAt >= 0) {
          reportAt = System.nanoTime() + REPORT_NANOS;
          progress.begin(title() + String.format(Locale.ROOT, ", %,d rows so far", rows));
        }
      }
    }
  }

  /** A key before all others, as every id has a character. */
  List<String> beforeAll() {
    return Collections.nCopies(key.size(), "");
  }

  /** What is done to the rows behind one key, up to another. */
  Sql change(String organizationId, List<String> after, List<String> last) {
    Sql rows =
        behind(organizationId, after)
            .add(" AND (" + columns() + ") <= (" + marks() + ")", last.toArray());
    return change.of(organizationId, rows);
  }

  /** Changes the next rows; their keys, of which there are none at the end. */
  private List<List<String>> batch(Connection connection, String organizationId, List<String> after)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      List<List<String>> keys = keys(connection, organizationId, after);
      if (!keys.isEmpty()) {
        Sql sql = change(organizationId, after, keys.get(keys.size() - 1));
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
          sql.bind(statement, 1);
          statement.execute();
        }
      }
      connection.commit();
      return keys;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private List<List<String>> keys(Connection connection, String organizationId, List<String> after)
      throws SQLException {
    Sql sql =
        Sql.of("SELECT " + columns() + " FROM " + table + " WHERE ")
            .add(behind(organizationId, after))
            .add(" ORDER BY " + columns() + " LIMIT " + BATCH);
    try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
      sql.bind(statement, 1);
      return rows(statement, key.size());
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static List<String> organizations(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ORGANIZATIONS)) {
      return rows(statement, 1).stream().map(row -> row.get(0)).toList();
    }
  }

  private static List<List<String>> rows(PreparedStatement statement, int columns)
      throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(result.getString(column));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private Sql behind(String organizationId, List<String> after) {
    return Sql.of("organization_id = ?", organizationId)
        .add(" AND (" + columns() + ") > (" + marks() + ")", after.toArray());
  }

  private String columns() {
    return String.join(", ", key);
  }

  private String marks() {
    return String.join(", ", Collections.nCopies(key.size(), "?"));
  }
}
