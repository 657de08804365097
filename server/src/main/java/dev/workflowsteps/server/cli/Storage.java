package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.steps.Eraser;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;

/** The stored data, opened for one command. */
public interface Storage extends AutoCloseable {

  KeyStore keys();

  StepWriter steps();

  ArtifactWriter artifacts();

  StepStore stepStore();

  PayloadStore payloads();

  ArtifactStore artifactStore();

  Eraser eraser();

  /**
   * Lets go of the database; stops the embedded one if this opening started it. May be called
   * twice.
   */
  @Override
  void close();
}
