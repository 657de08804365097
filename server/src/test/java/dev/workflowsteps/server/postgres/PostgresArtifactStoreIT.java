package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactStoreContract;
import dev.workflowsteps.server.stores.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresArtifactStoreIT extends ArtifactStoreContract {

  private static Database database;

  @BeforeAll
  static void open() {
    database = TestDatabase.migrated();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Override
  protected Stores stores() {
    return TestDatabase.stores(database);
  }
}
