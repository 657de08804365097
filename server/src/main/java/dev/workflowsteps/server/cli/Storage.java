package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.stores.Stores;

/** The stored data, opened for one command. */
public interface Storage extends AutoCloseable {

  /**
   * Which database this is, for a person and without passwords, for example {@code PostgreSQL 18.6
   * embedded, DATA/main (new)}; {@code (new)} if this opening created it.
   */
  String database();

  Stores stores();

  /**
   * Closes the connections, and stops the embedded database if this opening started it. A second
   * call does nothing.
   */
  @Override
  void close();
}
