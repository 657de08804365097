package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.steps.StepWriter;
import dev.workflowsteps.server.stores.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A database to test on: a fresh one in the embedded PostgreSQL, or the one that the system
 * property {@code wfs.test.database.url} names.
 */
final class TestDatabase {

  /** Who owns what tests write: nothing is written for anybody who isn't there. */
  private static final List<String> ORGANIZATIONS = List.of("acme", "cost");

  private static PgBouncer pooler;

  /** COPY FROM works only without row-level security. */
  static final String COPY_BY_OWNER = "ALTER TABLE step NO FORCE ROW LEVEL SECURITY";

  static DatabaseUrl url() {
    String url = System.getProperty("wfs.test.database.url", "");
    String chosen = url.isEmpty() ? TestPostgres.freshDatabaseUrl() : url;
    return parsed(chosen);
  }

  /**
   * How servers reach the database: through a pooler that shares two connections among them, if the
   * system property {@code wfs.test.pooler} is {@code pgbouncer}.
   */
  static synchronized DatabaseUrl served(DatabaseUrl url) {
    if (!System.getProperty("wfs.test.pooler", "").equals("pgbouncer")) {
      return url;
    }
    if (pooler == null) {
      pooler = new PgBouncer(url, "transaction", 2);
      Runtime.getRuntime().addShutdownHook(new Thread(pooler::close));
    }
    return pooler.through(url, "prepareThreshold=0");
  }

  static DatabaseUrl parsed(String url) {
    return Settings.load(Map.of("database-url", url), Map.of()).database().orElseThrow();
  }

  /** Also distributes the tables, if the system property {@code wfs.test.distribute} is true. */
  static void migrate(DatabaseUrl url) {
    Migrations migrations = new Migrations(url);
    if (Boolean.getBoolean("wfs.test.distribute")) {
      migrations.distribute(Optional.empty());
    } else {
      migrations.migrate(Optional.empty());
    }
  }

  static Database migrated() {
    return open().database();
  }

  /** A migrated database, and the way past its stores. */
  static Open open() {
    DatabaseUrl url = url();
    migrate(url);
    Database database = new Database(served(url), 4, new SimpleMeterRegistry());
    ORGANIZATIONS.forEach(
        name -> database.stores().keyStore().createOrganization(name, Instant.now()));
    return new Open(url, database);
  }

  record Open(DatabaseUrl url, Database database) implements AutoCloseable {

    /** A connection as the owner of the tables, who sees no rows. */
    Connection connect() throws SQLException {
      return TestDatabase.connect(url);
    }

    /** A connection that sees and writes the rows of every organization. */
    Connection connectAsWriter() throws SQLException {
      Connection connection = connect();
      TestDatabase.execute(connection, "SET ROLE workflow_steps_writer");
      return connection;
    }

    /** A new organization, so that tests don't see each other's rows. */
    String organization(String name) {
      String organizationId = name + "-" + UUID.randomUUID();
      database.stores().keyStore().createOrganization(organizationId, Instant.now());
      return organizationId;
    }

    @Override
    public void close() {
      database.close();
    }
  }

  /** Its stores; an organization is made when something is written for it. */
  static Stores stores(Database database) {
    Stores stores = database.stores();
    StepWriter steps =
        (organizationId, records, call) -> {
          stores.keyStore().createOrganization(organizationId, Instant.now());
          return stores.stepWriter().write(organizationId, records, call);
        };
    ArtifactWriter artifacts =
        (organizationId, records, call) -> {
          stores.keyStore().createOrganization(organizationId, Instant.now());
          return stores.artifactWriter().write(organizationId, records, call);
        };
    return new Stores(
        stores.stepStore(),
        steps,
        stores.payloadStore(),
        stores.artifactStore(),
        artifacts,
        stores.keyStore(),
        stores.dataDeletion(),
        stores.organizationSizes());
  }

  static Connection connect(DatabaseUrl url) throws SQLException {
    return DriverManager.getConnection(
        url.jdbcUrl(), url.user().orElse(null), url.password().map(Secret::value).orElse(null));
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private TestDatabase() {}
}
