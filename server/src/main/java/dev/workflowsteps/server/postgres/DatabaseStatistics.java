package dev.workflowsteps.server.postgres;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What PostgreSQL counts by itself, as metrics: of the tables, the database and its transactions.
 *
 * <p>A scrape never waits for the database. It gets what was read last, and if that is half a
 * minute old, has it read again for the next one, on a connection of its own, so that no call waits
 * for it either. What can't be read has no series: nothing while the database is away; no table on
 * Citus, where the coordinator has none of their rows; no longest transaction while somebody is
 * connected whose transactions this login may not see. Another metric says whether the last reading
 * succeeded.
 */
final class DatabaseStatistics implements MultiCollector, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseStatistics.class);

  private static final Duration READ_EVERY = Duration.ofSeconds(30);

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String LIMITS =
      "SELECT num_nonnulls(set_config('statement_timeout', '1s', true),"
          + " set_config('lock_timeout', '100ms', true))";

  /** No table, then a column for each metric, which has its name. */
  private static final String DATABASE =
      """
      SELECT NULL, pg_database_size(current_database()) AS database_size_bytes,
        age(datfrozenxid) AS database_transaction_id_age,
        mxid_age(datminmxid) AS database_multixact_id_age,
        (SELECT CASE
            WHEN bool_and(pg_has_role(usesysid, 'USAGE')) OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN coalesce(max(extract(epoch FROM statement_timestamp() - xact_start))
              FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()), 0)
          END
          FROM pg_stat_activity WHERE datname = current_database())
          AS database_longest_transaction_seconds
      FROM pg_database WHERE datname = current_database()""";

  /** A row for each table: its name, then a column for each metric. */
  private static final String TABLES =
      """
      SELECT t.name, pg_total_relation_size(s.relid) AS table_size_bytes,
        s.n_live_tup AS table_live_rows, s.n_dead_tup AS table_dead_rows,
        s.n_tup_ins AS table_rows_inserted, s.n_tup_upd AS table_rows_updated,
        s.n_tup_del AS table_rows_deleted,
        extract(epoch FROM statement_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))
          AS table_vacuum_age_seconds
      FROM unnest(?) AS t (name) JOIN pg_stat_user_tables s ON s.relid = to_regclass(t.name)
      WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')""";

  private static final String UP = "database_statistics_up";

  private static final Map<String, String> HELP =
      Map.ofEntries(
          Map.entry(UP, "1 if the last reading of the database's statistics succeeded, else 0."),
          Map.entry("database_size_bytes", "Size of the database."),
          Map.entry("database_transaction_id_age", "Transactions since the oldest unfrozen row."),
          Map.entry("database_multixact_id_age", "Multixacts since the oldest one in use."),
          Map.entry(
              "database_longest_transaction_seconds",
              "Age of the oldest transaction that is open; 0 if there is none."),
          Map.entry("table_size_bytes", "Size of the table with its indexes."),
          Map.entry("table_live_rows", "Rows of the table, as estimated."),
          Map.entry("table_dead_rows", "Rows that the next vacuum removes, estimated."),
          Map.entry("table_vacuum_age_seconds", "Time since the last vacuum of the table."),
          Map.entry("table_rows_inserted", "Rows inserted by anybody."),
          Map.entry("table_rows_updated", "Rows updated by anybody."),
          Map.entry("table_rows_deleted", "Rows deleted by anybody."));

  /** How those that only grow begin. */
  private static final String COUNTER = "table_rows_";

  private final CheckedDataSource source;
  private final LongSupplier nanoTime;

  /** One, and only while something is read. */
  private final ThreadPoolExecutor reader =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1),
          CancelExecutor.daemons("statistics"),
          new ThreadPoolExecutor.DiscardPolicy());

  private volatile MetricSnapshots latest = new MetricSnapshots();

  /** Guarded by this. */
  private long askedAt;

  /** Of the thread that reads. */
  private boolean warned;

  private record Sample(Labels labels, double value) {}

  /**
   * @param source of a connection for each reading
   */
  DatabaseStatistics(CheckedDataSource source) {
    this(source, System::nanoTime);
  }

  DatabaseStatistics(CheckedDataSource source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.askedAt = nanoTime.getAsLong() - READ_EVERY.toNanos();
  }

  @Override
  public synchronized MetricSnapshots collect() {
    long now = nanoTime.getAsLong();
    if (now - askedAt >= READ_EVERY.toNanos()) {
      askedAt = now;
      reader.execute(this::read);
    }
    return latest;
  }

  private void read() {
    List<MetricSnapshot> read = new ArrayList<>();
    boolean succeeded = false;
    try (Connection connection = source.open()) {
      connection.setAutoCommit(false);
      Sql.of(LIMITS).run(connection);
      read.addAll(Sql.of(DATABASE).ask(connection, DatabaseStatistics::metrics));
      succeeded = addTables(connection, read);
      connection.commit();
      warned = false;
    } catch (SQLException | RuntimeException e) {
      read.clear();
      succeeded = false;
      boolean away = e instanceof SQLException failure && SqlFailures.mayPass(failure);
      if (!away && !warned) {
        warned = true;
        LOG.warn(
            "the statistics of the database can't be read, so their metrics are missing ({});"
                + " trying again",
            e.getMessage());
      }
    }
    read.add(metric(UP, List.of(new Sample(Labels.EMPTY, succeeded ? 1 : 0))));
    latest = new MetricSnapshots(read);
  }

  /** False while somebody keeps one locked: who waits for how long is then worth the more. */
  private static boolean addTables(Connection connection, List<MetricSnapshot> read)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      read.addAll(
          Sql.of(TABLES, (Object) Citus.tables().toArray(String[]::new))
              .ask(connection, DatabaseStatistics::metrics));
      return true;
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      return false;
    }
  }

  /** What is NULL is not known, and left out. */
  private static List<MetricSnapshot> metrics(ResultSet row) throws SQLException {
    Map<String, List<Sample>> metrics = new LinkedHashMap<>();
    ResultSetMetaData columns = row.getMetaData();
    while (row.next()) {
      String table = row.getString(1);
      Labels labels = table == null ? Labels.EMPTY : Labels.of("table", table);
      for (int column = 2; column <= columns.getColumnCount(); column++) {
        double value = row.getDouble(column);
        if (!row.wasNull()) {
          metrics
              .computeIfAbsent(columns.getColumnLabel(column), name -> new ArrayList<>())
              .add(new Sample(labels, value));
        }
      }
    }
    return metrics.entrySet().stream()
        .map(metric -> metric(metric.getKey(), metric.getValue()))
        .toList();
  }

  private static MetricSnapshot metric(String name, List<Sample> samples) {
    MetricMetadata metadata = new MetricMetadata("workflow_steps_" + name, HELP.get(name));
    Stream<Sample> all = samples.stream();
    return name.startsWith(COUNTER)
        ? new CounterSnapshot(
            metadata,
            all.map(one -> new CounterDataPointSnapshot(one.value, one.labels, null, 0)).toList())
        : new GaugeSnapshot(
            metadata,
            all.map(one -> new GaugeDataPointSnapshot(one.value, one.labels, null)).toList());
  }

  @Override
  public void close() {
    reader.shutdown();
  }
}
