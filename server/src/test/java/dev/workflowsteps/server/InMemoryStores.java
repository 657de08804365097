package dev.workflowsteps.server;

import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.OrganizationSize;
import dev.workflowsteps.server.steps.OrganizationSizes;
import dev.workflowsteps.server.stores.Stores;

/** The oracle of each storage, all over the same data. */
public final class InMemoryStores {

  /** Nothing is deleted. */
  private static final DataDeletion NO_DELETION = null;

  private static final OrganizationSizes NO_SIZES =
      (organization, call) -> OrganizationSize.NOTHING;

  public final InMemoryStepStore steps;
  public final InMemoryArtifactStore artifacts;
  public final InMemoryKeyStore keys = new InMemoryKeyStore();

  public InMemoryStores() {
    this(new InMemoryStepStore());
  }

  public InMemoryStores(InMemoryStepStore steps) {
    this.steps = steps;
    artifacts = new InMemoryArtifactStore(steps);
  }

  public Stores all() {
    return all(NO_DELETION, NO_SIZES);
  }

  public Stores all(DataDeletion deletion, OrganizationSizes sizes) {
    return new Stores(steps, steps, steps, artifacts, artifacts, keys, deletion, sizes);
  }
}
