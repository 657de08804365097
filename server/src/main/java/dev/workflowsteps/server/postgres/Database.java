package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.stores.Stores;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The connection pools of one PostgreSQL, and the stores that use them. Works before the database
 * is reachable: until then calls fail as unavailable.
 */
public final class Database implements AutoCloseable {

  /**
   * Generic plans, because planning each page anew would cost more than the page. The plan is
   * always the one that the indexes were made for (ordered ranges, no sequential scan, no sort),
   * whatever the statistics say when it is made.
   */
  static final String READER_SESSION =
      "SET ROLE workflow_steps_reader; SET plan_cache_mode = force_generic_plan;"
          + " SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET enable_incremental_sort = off;"
          + " SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;"
          + " SET idle_in_transaction_session_timeout = '10s';"
          + " SET client_connection_check_interval = '1s'";

  /**
   * Nested loops only: the planner has no statistics of a batch, and would read the whole table to
   * join it.
   */
  static final String WRITER_SESSION =
      "SET ROLE workflow_steps_writer; SET enable_hashjoin = off; SET enable_mergejoin = off;"
          + " SET client_connection_check_interval = '1s'";

  private static final String KEYS_SESSION =
      "SET ROLE workflow_steps_writer; SET statement_timeout = '5s'";

  private static final int WRITERS = 4;
  private static final int KEY_CONNECTIONS = 2;

  private final HikariDataSource readers;
  private final HikariDataSource writers;
  private final HikariDataSource keys;
  private final Stores stores;
  private final ConnectorThreads connectors = new ConnectorThreads();
  private volatile Migrations migrations;
  private volatile boolean schemaSeen;

  /**
   * @param readConnections for lists; 1 or more
   */
  public Database(DatabaseUrl url, int readConnections, MeterRegistry meters) {
    migrations = new Migrations(url);
    readers = pool("readers", url, readConnections, READER_SESSION, meters);
    writers = pool("writers", url, WRITERS, WRITER_SESSION, meters);
    keys = pool("keys", url, KEY_CONNECTIONS, KEYS_SESSION, meters);
    ReaderSession reading = new ReaderSession(readers);
    WriterSession writing = new WriterSession(writers);
    stores =
        new Stores(
            new PostgresStepStore(reading),
            new PostgresStepWriter(writing),
            new PostgresPayloadStore(reading),
            new PostgresArtifactStore(reading),
            new PostgresArtifactWriter(writing),
            new PostgresKeyStore(keys),
            new PostgresDataDeletion(writing));
  }

  public Stores stores() {
    return stores;
  }

  /** Uses other credentials for new connections: those of a database that is reachable only now. */
  public void authenticate(DatabaseUrl url) {
    migrations = new Migrations(url);
    for (HikariDataSource pool : List.of(readers, writers, keys)) {
      url.user().ifPresent(pool::setUsername);
      url.password().map(Secret::value).ifPresent(pool::setPassword);
    }
    reconnect();
  }

  /** The database is reachable again: connects at once instead of at the pools' next attempts. */
  public void reconnect() {
    connectors.wake();
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
    try (Connection connection = keys.getConnection()) {
      return connection.isValid(1) ? Optional.empty() : Optional.of("the database doesn't answer");
    } catch (SQLException e) {
      return Optional.of("the database can't be reached (" + SqlFailures.cause(e) + ")");
    }
  }

  @Override
  public void close() {
    readers.close();
    writers.close();
    keys.close();
  }

  private HikariDataSource pool(
      String name, DatabaseUrl url, int size, String session, MeterRegistry meters) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url.jdbcUrl());
    url.user().ifPresent(config::setUsername);
    url.password().map(Secret::value).ifPresent(config::setPassword);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(name.equals("readers") ? size : 1);
    config.setConnectionInitSql(session);
    config.setConnectionTimeout(1_000);
    config.setValidationTimeout(500);
    config.setMaxLifetime(1_500_000);
    config.setKeepaliveTime(120_000);
    // A server starts without its database and is unready until it can be reached.
    config.setInitializationFailTimeout(-1);
    config.setThreadFactory(connectors);
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
    config.addDataSourceProperty("ApplicationName", "workflow-steps " + name);
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("cancelSignalTimeout", "2");
    config.addDataSourceProperty("socketTimeout", name.equals("writers") ? "300" : "90");
    // The driver runs a statement in text form before it prepares it, which takes twice the time:
    // do so only once. (Not -1, never: the driver then mixes up the columns of several statements
    // in
    // one string.)
    config.addDataSourceProperty("prepareThreshold", "1");
    return new HikariDataSource(config);
  }
}
