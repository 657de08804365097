package dev.workflowsteps.server;

import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.stores.Stores;

/** The oracle of each storage, all over the same data. */
public final class InMemoryStores {

  /** Nothing is deleted. */
  public static final DataDeletion NO_DELETION = null;

  public final InMemoryStepStore steps = new InMemoryStepStore();
  public final InMemoryArtifactStore artifacts = new InMemoryArtifactStore(steps);
  public final InMemoryKeyStore keys = new InMemoryKeyStore();

  public Stores all() {
    return all(steps, NO_DELETION);
  }

  /**
   * @param lists what lists are read from
   */
  public Stores all(StepStore lists, DataDeletion deletion) {
    return new Stores(lists, steps, steps, artifacts, artifacts, keys, deletion);
  }
}
