package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.embedded.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * A database to test on: a fresh one in the embedded PostgreSQL, or the one that the system
 * property {@code wfs.test.database.url} names.
 */
final class TestDatabase {

  static DatabaseUrl url() {
    String url = System.getProperty("wfs.test.database.url", "");
    String chosen = url.isEmpty() ? TestPostgres.freshDatabaseUrl() : url;
    return parsed(chosen);
  }

  static DatabaseUrl parsed(String url) {
    return Settings.load(Map.of("database-url", url), Map.of()).settings().database().orElseThrow();
  }

  static Database migrated() {
    return open().database();
  }

  /** A migrated database, and the way past its stores. */
  static Open open() {
    DatabaseUrl url = url();
    new Migrations(url).migrate(Optional.empty());
    return new Open(url, new Database(url, 4, new SimpleMeterRegistry()));
  }

  record Open(DatabaseUrl url, Database database) implements AutoCloseable {

    /** A connection as the owner of the tables. */
    Connection connect() throws SQLException {
      return DriverManager.getConnection(
          url.jdbcUrl(), url.user().orElse(null), url.password().map(Secret::value).orElse(null));
    }

    @Override
    public void close() {
      database.close();
    }
  }

  private TestDatabase() {}
}
