package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.steps.StepWriter;

/** The stored data, opened for one command. */
public interface Storage extends AutoCloseable {

  KeyStore keys();

  StepWriter steps();

  /**
   * Lets go of the database; stops the embedded one if this opening started it. May be called
   * twice.
   */
  @Override
  void close();
}
