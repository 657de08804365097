package dev.workflowsteps.server.steps;

/** The oracle obeys the contract that it judges others by. */
class InMemoryStepStoreTest extends StepStoreContract {

  private final InMemoryStepStore store = new InMemoryStepStore();

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
}
