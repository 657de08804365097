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

  /**
   * Which database this is, for a person and without passwords, for example {@code PostgreSQL 18.6
   * embedded, DATA/main (new)}; {@code (new)} if this opening created it.
   */
  String database();

  KeyStore keys();

  StepWriter steps();

  ArtifactWriter artifacts();

  StepStore stepStore();

  PayloadStore payloads();

  ArtifactStore artifactStore();

  Eraser eraser();

  /**
   * Closes the connections, and stops the embedded database if this opening started it. A second
   * call does nothing.
   */
  @Override
  void close();
}
