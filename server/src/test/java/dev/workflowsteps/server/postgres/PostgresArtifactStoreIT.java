package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.ArtifactStoreContract;
import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;
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
  protected ArtifactStore store() {
    return database.stores().artifactStore();
  }

  @Override
  protected ArtifactWriter writer() {
    return TestDatabase.artifacts(database);
  }

  @Override
  protected StepStore steps() {
    return database.stores().stepStore();
  }

  @Override
  protected StepWriter stepWriter() {
    return TestDatabase.writer(database);
  }
}
