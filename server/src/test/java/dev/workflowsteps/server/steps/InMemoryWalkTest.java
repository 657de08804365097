package dev.workflowsteps.server.steps;

/** The rules of a walk, over the oracle of the storages. */
class InMemoryWalkTest extends WalkContract {

  private final InMemoryStepStore store = new InMemoryStepStore();

  @Override
  protected int walks() {
    return 100;
  }

  @Override
  protected StepStore store() {
    return store;
  }

  @Override
  protected PayloadStore payloads() {
    return store;
  }

  @Override
  protected StepWriter writer() {
    return store;
  }

  @Override
  protected void delete(String organizationId, StepKey key) {
    store.delete(organizationId, key);
  }
}
