package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.BrokenStepsContract;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresBrokenStepsIT extends BrokenStepsContract {

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
  protected StepStore store() {
    return database.stores().stepStore();
  }

  @Override
  protected PayloadStore payloads() {
    return database.stores().payloadStore();
  }

  @Override
  protected StepWriter writer() {
    return TestDatabase.writer(database);
  }
}
