package dev.workflowsteps.server.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.steps.Eraser;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The connections to one PostgreSQL, and the stores over them. Can be made before the database is
 * there: calls then fail as unavailable until it is.
 */
public final class Database implements AutoCloseable {

  /**
   * Generic plans: with an unknown LIMIT the planner would plan each page anew, which costs more
   * than the page. And always the plan that the indexes were made for, whatever the statistics say
   * on the day it is made: ordered ranges, nothing read whole and nothing sorted.
   */
  static final String READER_SESSION =
      "SET ROLE workflow_steps_reader; SET plan_cache_mode = force_generic_plan;"
          + " SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET enable_incremental_sort = off;"
          + " SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;"
          + " SET idle_in_transaction_session_timeout = '10s';"
          + " SET client_connection_check_interval = '1s'";

  /**
   * Batches are joined with their rows one by one, by the key: the planner knows nothing of a
   * batch, and would read the whole table beside it.
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
  private final Migrations migrations;
  private volatile boolean schemaSeen;

  /**
   * @param readConnections for lists; 1 or more
   */
  public Database(DatabaseUrl url, int readConnections, MeterRegistry meters) {
    migrations = new Migrations(url);
    readers = pool("readers", url, readConnections, READER_SESSION, meters);
    writers = pool("writers", url, WRITERS, WRITER_SESSION, meters);
    keys = pool("keys", url, KEY_CONNECTIONS, KEYS_SESSION, meters);
  }

  public StepStore steps() {
    return new PostgresStepStore(new ReaderSession(readers));
  }

  public PayloadStore payloads() {
    return new PostgresPayloadStore(new ReaderSession(readers));
  }

  public StepWriter writer() {
    return new PostgresStepWriter(new WriterSession(writers));
  }

  public ArtifactStore artifactStore() {
    return new PostgresArtifactStore(new ReaderSession(readers));
  }

  public ArtifactWriter artifacts() {
    return new PostgresArtifactWriter(new WriterSession(writers));
  }

  public Eraser eraser() {
    return new PostgresEraser(new WriterSession(writers));
  }

  public KeyStore keys() {
    return new PostgresKeyStore(keys);
  }

  /** Why no calls can be answered just now, as a sentence with the remedy; empty = they can. */
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

  private static HikariDataSource pool(
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
    // A server starts without its database and is unready until it is there.
    config.setInitializationFailTimeout(-1);
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
    config.addDataSourceProperty("ApplicationName", "workflow-steps " + name);
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("cancelSignalTimeout", "2");
    config.addDataSourceProperty("socketTimeout", name.equals("writers") ? "300" : "90");
    // A statement's first executions are in text form, which costs twice the time: one is enough.
    // (-1, for none, is not for several statements in one string: the driver mixes up their
    // columns.)
    config.addDataSourceProperty("prepareThreshold", "1");
    return new HikariDataSource(config);
  }
}
