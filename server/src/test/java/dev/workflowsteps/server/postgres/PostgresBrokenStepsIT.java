package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.BrokenStepsContract;
import dev.workflowsteps.server.stores.Stores;
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
  protected Stores stores() {
    return TestDatabase.stores(database);
  }
}
