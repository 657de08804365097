package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.stores.Stores;

class InMemoryArtifactStoreTest extends ArtifactStoreContract {

  private final Stores stores = new InMemoryStores().all();

  @Override
  protected Stores stores() {
    return stores;
  }
}
