package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.stores.Stores;

/** The rules of a walk, over the oracle of the storages. */
class InMemoryWalkTest extends WalkContract {

  private final InMemoryStores stores = new InMemoryStores();

  @Override
  protected int walks() {
    return 100;
  }

  @Override
  protected Stores stores() {
    return stores.all();
  }

  @Override
  protected void delete(String organizationId, StepKey key) {
    stores.steps.delete(organizationId, key);
  }
}
