package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.flywaydb.core.api.migration.Context;

/**
 * Changes the rows of a table in batches, in the order of their keys, each batch in a short
 * transaction, so that servers go on reading and writing meanwhile. Goes through the organizations
 * one by one, since every statement binds its organization.
 */
final class BatchedMigration extends LargeMigration {

  private static final int BATCH = 1_000;

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
    long rows = 0;
    for (String organizationId : organizations(connection)) {
      List<String> after = beforeAll();
      while (true) {
        List<String> from = after;
        List<List<String>> batch = transact(connection, any -> batch(any, organizationId, from));
        if (batch.isEmpty()) {
          break;
        }
        after = batch.get(batch.size() - 1);
        rows += batch.size();
        report(progress, title() + ", %,d rows so far", rows);
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
    List<List<String>> keys =
        Sql.of("SELECT " + columns() + " FROM " + table + " WHERE ")
            .add(behind(organizationId, after))
            .add(" ORDER BY " + columns() + " LIMIT " + BATCH)
            .ask(connection, Rows.each(this::key));
    if (!keys.isEmpty()) {
      change(organizationId, after, keys.get(keys.size() - 1)).run(connection);
    }
    return keys;
  }

  private List<String> key(ResultSet row) throws SQLException {
    List<String> values = new ArrayList<>();
    for (String column : key) {
      values.add(row.getString(column));
    }
    return values;
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
