package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.stores.Stores;

/** The stored data, opened for one command. */
public interface Storage extends AutoCloseable {

  Stores stores();

  /**
   * Closes the connections; stops the embedded database if this opening started it. May be called
   * twice.
   */
  @Override
  void close();
}
