package dev.workflowsteps.server.postgres;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What PostgreSQL counts by itself, as metrics: of the tables, the database and its transactions.
 *
 * <p>A scrape never waits for the database. It gets what was read last, and if that is half a
 * minute old, has it read again for the next one, on a connection of its own, so that no call waits
 * for it either. What can't be read has no series: nothing while the database is away; no table on
 * Citus, where the coordinator has none of their rows; no longest transaction while somebody is
 * connected whose transactions this login may not see.
 */
final class DatabaseStatistics implements MultiCollector, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseStatistics.class);

  private static final Duration READ_EVERY = Duration.ofSeconds(30);

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private static final String LIMITS =
      "SELECT num_nonnulls(set_config('statement_timeout', '1s', true),"
          + " set_config('lock_timeout', '100ms', true))";

  private static final String DATABASE =
      """
      SELECT pg_database_size(current_database()), age(datfrozenxid), mxid_age(datminmxid),
        (SELECT CASE
            WHEN bool_and(pg_has_role(usesysid, 'USAGE')) OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN coalesce(max(extract(epoch FROM statement_timestamp() - xact_start))
              FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()), 0)
          END
          FROM pg_stat_activity WHERE datname = current_database())
      FROM pg_database WHERE datname = current_database()""";

  private static final String TABLES =
      """
      SELECT t.name, pg_total_relation_size(s.relid), s.n_live_tup, s.n_dead_tup,
        s.n_tup_ins, s.n_tup_upd, s.n_tup_del,
        extract(epoch FROM statement_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))
      FROM unnest(?) AS t (name) JOIN pg_stat_user_tables s ON s.relid = to_regclass(t.name)
      WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')""";

  private final CheckedDataSource source;
  private final LongSupplier nanoTime;

  /** One, and only while something is read. */
  private final ThreadPoolExecutor reader =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1),
          CancelExecutor.daemons("statistics"));

  private volatile MetricSnapshots latest = MetricSnapshots.builder().build();

  /** Guarded by this, like what follows. */
  private boolean asked;

  private long askedAt;

  /** Of the thread that reads. */
  private boolean warned;

  /** NaN is for what is not known. */
  private record DatabaseRow(
      double bytes, double transactions, double multixacts, double longestSeconds) {

    static DatabaseRow of(ResultSet row) throws SQLException {
      return new DatabaseRow(number(row, 1), number(row, 2), number(row, 3), number(row, 4));
    }
  }

  /** As {@link DatabaseRow}. */
  private record TableRow(
      String name,
      double bytes,
      double live,
      double dead,
      double inserted,
      double updated,
      double deleted,
      double vacuumSeconds) {

    static TableRow of(ResultSet row) throws SQLException {
      return new TableRow(
          row.getString(1),
          number(row, 2),
          number(row, 3),
          number(row, 4),
          number(row, 5),
          number(row, 6),
          number(row, 7),
          number(row, 8));
    }
  }

  private static double number(ResultSet row, int column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() ? Double.NaN : number;
  }

  /**
   * @param source of a connection for each reading
   */
  DatabaseStatistics(CheckedDataSource source) {
    this(source, System::nanoTime);
  }

  DatabaseStatistics(CheckedDataSource source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    reader.allowCoreThreadTimeOut(true);
  }

  @Override
  public MetricSnapshots collect() {
    if (isDue()) {
      try {
        reader.execute(this::read);
      } catch (RejectedExecutionException stopping) {
        return latest;
      }
    }
    return latest;
  }

  private synchronized boolean isDue() {
    long now = nanoTime.getAsLong();
    boolean due = !asked || now - askedAt >= READ_EVERY.toNanos();
    if (due) {
      asked = true;
      askedAt = now;
    }
    return due;
  }

  private void read() {
    try (Connection connection = source.open()) {
      connection.setAutoCommit(false);
      Sql.of(LIMITS).run(connection);
      DatabaseRow database = Sql.of(DATABASE).ask(connection, Rows.only(DatabaseRow::of));
      List<TableRow> tables = tables(connection);
      connection.commit();
      latest = metrics(database, tables);
      warned = false;
    } catch (SQLException | RuntimeException e) {
      latest = MetricSnapshots.builder().build();
      boolean away = e instanceof SQLException failure && SqlFailures.mayPass(failure);
      if (!away && !warned) {
        warned = true;
        LOG.warn(
            "the statistics of the database can't be read, so their metrics are missing ({});"
                + " trying again",
            e.getMessage());
      }
    }
  }

  /** None while somebody keeps one locked: who waits for how long is then worth the more. */
  private static List<TableRow> tables(Connection connection) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      return Sql.of(TABLES, (Object) Citus.tables().toArray(String[]::new))
          .ask(connection, Rows.each(TableRow::of));
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      return List.of();
    }
  }

  private static MetricSnapshots metrics(DatabaseRow database, List<TableRow> tables) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauge(all, "workflow_steps_database_size_bytes", "Size of the database.", database.bytes());
    gauge(
        all,
        "workflow_steps_database_transaction_id_age",
        "Transactions since the oldest row that is not frozen.",
        database.transactions());
    gauge(
        all,
        "workflow_steps_database_multixact_id_age",
        "Multixacts since the oldest one that a row may still refer to.",
        database.multixacts());
    gauge(
        all,
        "workflow_steps_database_longest_transaction_seconds",
        "Age of the oldest transaction that is open; 0 if there is none.",
        database.longestSeconds());
    gauges(all, "size_bytes", "Size of the table with its indexes.", tables, TableRow::bytes);
    gauges(all, "live_rows", "Rows of the table, as estimated.", tables, TableRow::live);
    gauges(
        all, "dead_rows", "Rows that the next vacuum removes, estimated.", tables, TableRow::dead);
    gauges(
        all,
        "vacuum_age_seconds",
        "Time since the last vacuum of the table.",
        tables,
        TableRow::vacuumSeconds);
    counters(all, "rows_inserted", "Rows inserted by anybody.", tables, TableRow::inserted);
    counters(all, "rows_updated", "Rows updated by anybody.", tables, TableRow::updated);
    counters(all, "rows_deleted", "Rows deleted by anybody.", tables, TableRow::deleted);
    return all.build();
  }

  private static void gauge(MetricSnapshots.Builder all, String name, String help, double value) {
    if (!Double.isNaN(value)) {
      all.metricSnapshot(
          GaugeSnapshot.builder()
              .name(name)
              .help(help)
              .dataPoint(new GaugeDataPointSnapshot(value, Labels.EMPTY, null))
              .build());
    }
  }

  private static void gauges(
      MetricSnapshots.Builder all,
      String name,
      String help,
      List<TableRow> tables,
      ToDoubleFunction<TableRow> value) {
    List<GaugeDataPointSnapshot> points =
        tables.stream()
            .filter(table -> !Double.isNaN(value.applyAsDouble(table)))
            .map(
                table ->
                    new GaugeDataPointSnapshot(value.applyAsDouble(table), labels(table), null))
            .toList();
    if (!points.isEmpty()) {
      GaugeSnapshot.Builder gauge =
          GaugeSnapshot.builder().name("workflow_steps_table_" + name).help(help);
      points.forEach(gauge::dataPoint);
      all.metricSnapshot(gauge.build());
    }
  }

  private static void counters(
      MetricSnapshots.Builder all,
      String name,
      String help,
      List<TableRow> tables,
      ToDoubleFunction<TableRow> value) {
    if (!tables.isEmpty()) {
      CounterSnapshot.Builder counter =
          CounterSnapshot.builder().name("workflow_steps_table_" + name).help(help);
      tables.forEach(
          table ->
              counter.dataPoint(
                  new CounterDataPointSnapshot(
                      value.applyAsDouble(table), labels(table), null, 0)));
      all.metricSnapshot(counter.build());
    }
  }

  private static Labels labels(TableRow table) {
    return Labels.of("table", table.name());
  }

  @Override
  public void close() {
    reader.shutdown();
  }
}
