package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;

class InMemoryArtifactStoreTest extends ArtifactStoreContract {

  private final InMemoryStepStore steps = new InMemoryStepStore();
  private final InMemoryArtifactStore artifacts = new InMemoryArtifactStore(steps);

  @Override
  protected ArtifactStore store() {
    return artifacts;
  }

  @Override
  protected ArtifactWriter writer() {
    return artifacts;
  }

  @Override
  protected StepStore steps() {
    return steps;
  }

  @Override
  protected StepWriter stepWriter() {
    return steps;
  }
}
