package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.stores.Stores;

/** The oracle obeys the contract that it judges others by. */
class InMemoryStepStoreTest extends StepStoreContract {

  private final Stores stores = new InMemoryStores().all();

  @Override
  protected Stores stores() {
    return stores;
  }

  /** It stores any state. */
  @Override
  protected void addStatus(String status) {}
}
