package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.embedded.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
    DatabaseUrl url = url();
    new Migrations(url).migrate(Optional.empty());
    return new Database(url, 4, new SimpleMeterRegistry());
  }

  private TestDatabase() {}
}
