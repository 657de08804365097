package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ProgressListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.migration.Context;

/** Builds an index while servers go on reading and writing. */
final class ConcurrentIndex extends LargeMigration {

  /** False of an index whose building was interrupted; no row if there is none of that name. */
  static final String VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)";

  private final String name;
  private final String definition;
  private final ProgressListener progress;

  /**
   * @param definition behind {@code CREATE INDEX name ON}, for example {@code step
   *     (organization_id, step_id)}
   */
  ConcurrentIndex(String version, String name, String definition, ProgressListener progress) {
    super(version, "index " + name);
    this.name = name;
    this.definition = definition;
    this.progress = progress;
  }

  @Override
  public void migrate(Context context) throws SQLException {
    progress.begin(title());
    try (Statement statement = context.getConnection().createStatement()) {
      // It waits for every transaction that is older than itself, which stops nobody.
      statement.execute("SET lock_timeout = 0");
      Optional<Boolean> valid = valid(context.getConnection());
      if (valid.isPresent() && !valid.get()) {
        statement.execute("DROP INDEX CONCURRENTLY " + name);
      }
      // Not IF NOT EXISTS instead: on Citus that makes a valid index invalid.
      if (!valid.orElse(false)) {
        statement.execute(sql());
      }
      statement.execute(LockRetries.LOCK_TIMEOUT);
    }
  }

  String sql() {
    return "CREATE INDEX CONCURRENTLY " + name + " ON " + definition;
  }

  /** Empty if there is no index of that name. */
  private Optional<Boolean> valid(Connection connection) throws SQLException {
    List<Boolean> valid = Sql.of(VALID, name).ask(connection, Rows.each(row -> row.getBoolean(1)));
    return valid.stream().findFirst();
  }
}
