package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.stores.Stores;

/** The repair of broken steps, over the oracle of the storages. */
class InMemoryBrokenStepsTest extends BrokenStepsContract {

  private final Stores stores = new InMemoryStores().all();

  @Override
  protected Stores stores() {
    return stores;
  }
}
