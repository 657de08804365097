package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is different if the database is the coordinator of a Citus cluster. {@link Privileges} adds
 * what its workers need, since the coordinator logs in there as the role of the transaction.
 */
final class Citus {

  static final String IS_INSTALLED =
      "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')";

  /** Without it, reading a reference table would depend on a worker. */
  private static final String KNOWS_COORDINATOR =
      "SELECT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0)";

  /** By hash, or on every node; a table to which one of the latter refers is neither, but known. */
  private static final String IS_DISTRIBUTED =
      "SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = to_regclass(?)"
          + " AND (partmethod = 'h' OR repmodel = 't'))";

  private static final String HAS_ROW_SECURITY =
      "SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(?)";

  private static final String HAS_LOCAL_ROWS = "SELECT pg_relation_size(to_regclass(?)) > 0";

  /** On every node, and written on all of them at once. */
  private static final List<String> REFERENCE_TABLES =
      List.of("organization", "api_key", "api_key_use", "step_status");

  /** All rows of an organization are on one worker. */
  private static final List<String> TABLES_BY_ORGANIZATION =
      List.of("step", "step_payload", "artifact");

  private volatile boolean known;
  private volatile boolean installed;

  /** Looks once; later connections lead to the same database. */
  void detect(Connection connection) throws SQLException {
    if (!known) {
      installed = isInstalled(connection);
      known = true;
    }
  }

  /**
   * The settings of a reader's transaction. A generic plan would not say which worker has the rows
   * of a merge of ranges.
   */
  String reader() {
    return installed ? TransactionSettings.READER_ON_CITUS : TransactionSettings.READER;
  }

  /** As {@link #reader}, to count. */
  String counter() {
    return installed ? TransactionSettings.COUNTER_ON_CITUS : TransactionSettings.COUNTER;
  }

  /**
   * The settings of a writer's transaction; with a generic plan, changes would go to all shards.
   */
  String writer() {
    return installed ? TransactionSettings.WRITER_ON_CITUS : TransactionSettings.WRITER;
  }

  static boolean isInstalled(Connection connection) throws SQLException {
    return is(connection, Sql.of(IS_INSTALLED));
  }

  /** Whether {@link #distribute} has begun. */
  static boolean isDistributed(Connection connection) throws SQLException {
    return isInstalled(connection)
        && is(connection, Sql.of(IS_DISTRIBUTED, REFERENCE_TABLES.get(0)));
  }

  /**
   * @throws StartupException with {@code CONFIGURATION} and the remedy, if tables can't be
   *     distributed from here
   */
  static void require(Connection connection) throws SQLException {
    if (!isInstalled(connection)) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "--distribute: the database has no extension citus; run CREATE EXTENSION citus on the"
              + " coordinator and on each worker");
    }
    if (!is(connection, Sql.of(KNOWS_COORDINATOR))) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          "--distribute: the coordinator has no address in the cluster; run SELECT"
              + " citus_set_coordinator_host('HOST', PORT) there");
    }
  }

  /**
   * Distributes the tables that aren't yet, with their rows. Row-level security is off then: a
   * worker doesn't know the transaction's organization. Interrupted, it is run again.
   *
   * @param connection of the tables' owner
   */
  static void distribute(Connection connection, ProgressListener progress) throws SQLException {
    // Of all of them first, because Citus looks into each table to which another refers.
    for (String table : tables()) {
      if (is(connection, Sql.of(HAS_ROW_SECURITY, table))) {
        Sql.of("ALTER TABLE " + table)
            .add(" DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
            .run(connection);
      }
    }
    for (String table : tables()) {
      if (!is(connection, Sql.of(IS_DISTRIBUTED, table))) {
        progress.begin("distributing the table " + table);
        Sql.of(distribution(table)).run(connection);
      }
    }
    // Only now, because it takes along what refers to a table.
    for (String table : tables()) {
      if (is(connection, Sql.of(HAS_LOCAL_ROWS, table))) {
        Sql.of("SELECT truncate_local_data_after_distributing_table('" + table + "')")
            .run(connection);
      }
    }
  }

  /** The statement that distributes a table. */
  static String distribution(String table) {
    if (REFERENCE_TABLES.contains(table)) {
      return "SELECT create_reference_table('" + table + "')";
    }
    String first = TABLES_BY_ORGANIZATION.get(0);
    return "SELECT create_distributed_table('%s', 'organization_id', colocate_with => '%s')"
        .formatted(table, table.equals(first) ? "none" : first);
  }

  /** All of them. */
  static List<String> tables() {
    return Stream.of(REFERENCE_TABLES, TABLES_BY_ORGANIZATION).flatMap(List::stream).toList();
  }

  private static boolean is(Connection connection, Sql condition) throws SQLException {
    return condition.ask(connection, row -> row.next() && row.getBoolean(1));
  }
}
