package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.stores.Stores;

/** What every storage must do. An implementation's own test gives it the stores, and no more. */
public abstract class StoresContract {

  /** Those under test; an organization that is written to is there. */
  protected abstract Stores stores();

  protected final StepStore store() {
    return stores().stepStore();
  }

  protected final StepWriter writer() {
    return stores().stepWriter();
  }

  protected final PayloadStore payloads() {
    return stores().payloadStore();
  }
}
