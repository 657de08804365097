package dev.workflowsteps.server.steps;

/** The repair of broken steps, over the oracle of the storages. */
class InMemoryBrokenStepsTest extends BrokenStepsContract {

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
