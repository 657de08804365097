package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.stores.Stores;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The connection pools of one PostgreSQL, and the stores that use them. Works before the database
 * is reachable: until then calls fail as unavailable.
 */
public final class Database implements AutoCloseable {

  /** Of each pool, in seconds. A statement about keys has 5 s, and calls set shorter limits. */
  private static final Map<String, Integer> SOCKET_TIMEOUTS =
      Map.of("readers", 90, "writers", 300, "keys", 10);

  /** No pool: it opens a connection when there is something to read. */
  private static final String STATISTICS = "statistics";

  private final Pool readers;
  private final Pool writers;
  private final Pool keys;
  private final CancelExecutor cancels;
  private final CheckedDataSource statisticsSource;
  private final DatabaseStatistics statistics;
  private final Stores stores;
  private final Citus citus = new Citus();
  private final boolean allowStandby;
  private final Eviction eviction;
  private volatile Migrations migrations;
  private volatile boolean schemaSeen;

  /** As the other, with a primary alone. */
  public Database(DatabaseUrl url, int readConnections, MeterRegistry meters) {
    this(url, readConnections, false, meters);
  }

  /**
   * @param readConnections for lists; 1 or more
   * @param allowStandby whether a standby may answer reads
   */
  public Database(
      DatabaseUrl url, int readConnections, boolean allowStandby, MeterRegistry meters) {
    this.allowStandby = allowStandby;
    eviction = new Eviction(allowStandby, () -> pools().forEach(Pool::replaceAll));
    migrations = new Migrations(url);
    readers = pool("readers", url, readConnections, meters);
    writers = pool("writers", url, Settings.WRITE_CONNECTIONS, meters);
    keys = pool("keys", url, Settings.KEY_CONNECTIONS, meters);
    cancels = new CancelExecutor(meters);
    statisticsSource = new CheckedDataSource(url, STATISTICS, 2, true, citus).preferringPrimary();
    statistics = new DatabaseStatistics(statisticsSource);
    ReaderSession reading = new ReaderSession(readers, citus, cancels);
    WriterSession writing = new WriterSession(writers, citus, cancels);
    stores =
        new Stores(
            new PostgresStepStore(reading),
            new PostgresStepWriter(writing),
            new PostgresPayloadStore(reading),
            new PostgresArtifactStore(reading),
            new PostgresArtifactWriter(writing),
            new PostgresKeyStore(keys, writing),
            new PostgresDataDeletion(writing),
            new PostgresOrganizationSizes(reading));
  }

  List<Pool> pools() {
    return List.of(readers, writers, keys);
  }

  public Stores stores() {
    return stores;
  }

  /** Metrics of the database, see {@link DatabaseStatistics}. */
  public MultiCollector statistics() {
    return statistics;
  }

  /** Uses this URL for new connections. */
  public void use(DatabaseUrl url) {
    statisticsSource.use(url);
    migrations = new Migrations(url);
    pools().forEach(pool -> pool.use(url));
  }

  /** Why calls can't be answered now, as a sentence with the remedy; empty = they can. */
  public Optional<String> problem() {
    if (!schemaSeen) {
      Optional<String> problem = migrations.problem();
      schemaSeen = problem.isEmpty();
      if (!schemaSeen) {
        return problem;
      }
    }
    try (Connection connection = keys.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(TransactionSettings.EVERY_ROLE);
      try (ResultSet row = statement.executeQuery(Standby.STATE)) {
        row.next();
        Optional<String> problem = Standby.problem(row, allowStandby, Instant.now());
        if (problem.isPresent() && !allowStandby) {
          eviction.everything();
        }
        return problem;
      }
    } catch (SQLException e) {
      boolean connected = !(e instanceof SQLTransientConnectionException);
      return Optional.of(
          connected && SqlFailures.isPrivilege(e)
              ? "the login may not take the roles of the schema ("
                  + SqlFailures.cause(e)
                  + "); run workflow-steps migrate with this database-url"
              : SqlFailures.unreachable(e));
    }
  }

  @Override
  public void close() {
    statistics.close();
    pools().forEach(Pool::close);
    cancels.close();
  }

  private Pool pool(String name, DatabaseUrl url, int size, MeterRegistry meters) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    CheckedDataSource source =
        new CheckedDataSource(url, name, SOCKET_TIMEOUTS.get(name), allowStandby, citus);
    config.setDataSource(source);
    config.setExceptionOverride(eviction);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(name.equals("readers") ? size : 1);
    config.setConnectionTimeout(1_000);
    config.setValidationTimeout(500);
    config.setMaxLifetime(1_500_000);
    config.setKeepaliveTime(120_000);
    // A server starts without its database and is unready until it can be reached.
    config.setInitializationFailTimeout(-1);
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
    return new Pool(config, source);
  }
}
